// POCO's HTTP servers: in front of what makes, answers and ends a request.
//
// Nothing of POCO is linked.
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerResponseImpl.h>
#include <Poco/Net/HTTPServerSession.h>

#include <optional>
#include <ostream>
#include <string_view>
#include <typeinfo>

#include "filibuster/context.h"
#include "filibuster/injector.h"
#include "runtime/preload/poco_library.h"

namespace filibuster {
namespace {

// Of the request that this thread serves.
std::optional<ContextScope>& ScopeOfThread() {
  static thread_local std::optional<ContextScope> scope;
  return scope;
}

// By name: its type is missed where there is no POCO.
bool IsOfServer(const Poco::Net::HTTPResponse& response) {
  return typeid(response).name() == std::string_view("N4Poco3Net22HTTPServerResponseImplE");
}

}  // namespace
}  // namespace filibuster

using filibuster::InjectionEnabled;

extern "C" {

// HTTPServerRequestImpl's constructor, which reads the request's head. Its thread handles it next.
void _ZN4Poco3Net21HTTPServerRequestImplC1ERNS0_22HTTPServerResponseImplERNS0_17HTTPServerSessionEPNS0_16HTTPServerParamsE(
    Poco::Net::HTTPServerRequestImpl* request, Poco::Net::HTTPServerResponseImpl& response,
    Poco::Net::HTTPServerSession& session, Poco::Net::HTTPServerParams* params) {
  using Construct = void(Poco::Net::HTTPServerRequestImpl*, Poco::Net::HTTPServerResponseImpl&,
                         Poco::Net::HTTPServerSession&, Poco::Net::HTTPServerParams*);
  static const filibuster::PocoFunction<Construct> next(
      "_ZN4Poco3Net21HTTPServerRequestImplC1ERNS0_22HTTPServerResponseImplERNS0_17"
      "HTTPServerSessionEPNS0_16HTTPServerParamsE");
  next.function(request, response, session, params);
  if (!next.known() || !InjectionEnabled()) return;
  filibuster::ScopeOfThread().emplace(
      filibuster::ReceiveRequest([&](const char* name) { return request->get(name, ""); }));
}

// HTTPResponse::write(), which writes the head of every response.
void _ZNK4Poco3Net12HTTPResponse5writeERSo(const Poco::Net::HTTPResponse* response,
                                           std::ostream& stream) {
  using Write = void(const Poco::Net::HTTPResponse*, std::ostream&);
  static const filibuster::PocoFunction<Write> next("_ZNK4Poco3Net12HTTPResponse5writeERSo");
  if (next.known() && InjectionEnabled() && filibuster::IsOfServer(*response)) {
    filibuster::AnswerRequest(filibuster::CurrentContext(), response->getStatus());
  }
  next.function(response, stream);
}

// Its destructor, when the request has been handled.
void _ZN4Poco3Net21HTTPServerRequestImplD1Ev(Poco::Net::HTTPServerRequestImpl* request) {
  using Destroy = void(Poco::Net::HTTPServerRequestImpl*);
  static const filibuster::PocoFunction<Destroy> next("_ZN4Poco3Net21HTTPServerRequestImplD1Ev");
  filibuster::ScopeOfThread().reset();
  next.function(request);
}

}  // extern "C"
