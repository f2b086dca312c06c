#include "tests/support/tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <poll.h>
#include <sys/socket.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "tests/support/loopback.h"

namespace filibuster {
namespace {

// With a new key, and a certificate that it has signed itself.
SSL_CTX* NewContext() {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("127.0.0.1"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_sign(certificate, key, EVP_sha256());
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  SSL_CTX_use_certificate(context, certificate);
  SSL_CTX_use_PrivateKey(context, key);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return context;
}

}  // namespace

TlsServer::TlsServer(int server_port)
    : server_port_(server_port), context_(NewContext(), SSL_CTX_free) {
  std::signal(SIGPIPE, SIG_IGN);  // OpenSSL writes to whoever has gone
  Start();
}

std::string TlsServer::certificate() const {
  const std::unique_ptr<BIO, decltype(&BIO_free)> text(BIO_new(BIO_s_mem()), BIO_free);
  PEM_write_bio_X509(text.get(), SSL_CTX_get0_certificate(context_.get()));
  char* data = nullptr;
  const long size = BIO_get_mem_data(text.get(), &data);
  return std::string(data, static_cast<size_t>(size));
}

void TlsServer::Start() {
  listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  ::setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const sockaddr_in address = Loopback(port());
  if (::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(listener_.get(), 16) != 0) {
    std::perror("listen");
    std::abort();
  }
  thread_ = std::thread([this] { Run(); });
}

void TlsServer::Stop() {
  if (!thread_.joinable()) return;
  ::shutdown(listener_.get(), SHUT_RDWR);
  thread_.join();
  for (const UniqueFd& client : clients_) ::shutdown(client.get(), SHUT_RDWR);
  for (std::thread& server : servers_) server.join();
  servers_.clear();
  clients_.clear();
  listener_.reset();
}

void TlsServer::Run() {
  while (true) {
    UniqueFd client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!client) return;
    const int socket = clients_.emplace_back(std::move(client)).get();
    servers_.emplace_back([this, socket] { Serve(socket); });
  }
}

void TlsServer::Serve(int client) {
  const UniqueFd server(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const sockaddr_in address = Loopback(server_port_);
  const std::unique_ptr<SSL, decltype(&SSL_free)> tls(SSL_new(context_.get()), SSL_free);
  SSL_set_fd(tls.get(), client);
  bool goes_on =
      ::connect(server.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      SSL_accept(tls.get()) == 1;
  char bytes[16384];  // as much as a record has: none of it stays in OpenSSL
  while (goes_on) {
    pollfd polled[] = {{client, POLLIN, 0}, {server.get(), POLLIN, 0}};
    ::poll(polled, 2, -1);
    if (polled[0].revents != 0) {
      const int size = SSL_read(tls.get(), bytes, sizeof bytes);
      goes_on = size > 0 && ::send(server.get(), bytes, static_cast<size_t>(size), 0) == size;
    }
    if (goes_on && polled[1].revents != 0) {
      const ssize_t size = ::recv(server.get(), bytes, sizeof bytes, 0);
      goes_on = size > 0 && SSL_write(tls.get(), bytes, static_cast<int>(size)) == size;
    }
  }
  if (SSL_is_init_finished(tls.get()) == 1) SSL_shutdown(tls.get());
  ::shutdown(client, SHUT_RDWR);
}

}  // namespace filibuster
