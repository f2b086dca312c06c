// Before the call something is written where the analyzer does not know it to be: what something
// unseen may refer to is not known after it, and what it may not refer to is.
#include <httplib.h>

#include <list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

struct Flags {
  bool strict = false;
  std::optional<int> code;
  void SetStrict() { strict = true; }
};
struct Context {
  bool* strict;
};
template <typename... Functions>
struct Overloaded : Functions... {
  using Functions::operator()...;
};
bool& Choose(bool& one, bool& other);
void Prepare(const Context& context);
void Prepare(std::shared_ptr<Flags> flags);
void Set(bool& flag) { flag = true; }

httplib::Client client("localhost", 9000);

int main() {
  httplib::Server server;
  server.Get("/pointer", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false;
    std::list<bool*> flags{&strict};
    *flags.front() = true;
    if (!client.Get("/pointer") && strict) response.status = 503;
  });
  server.Get("/not_handed_on", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false, other = false;
    std::list<bool*> flags{&other};
    *flags.front() = true;
    if (!client.Get("/not_handed_on") && strict) response.status = 503;
  });
  server.Get("/method", [](const httplib::Request&, httplib::Response& response) {
    Flags flags;
    std::list<Flags*> all{&flags};
    all.front()->SetStrict();
    if (!client.Get("/method") && flags.strict) response.status = 503;
  });
  server.Get("/argument", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false;
    std::list<bool*> flags{&strict};
    Set(*flags.front());
    if (!client.Get("/argument") && strict) response.status = 503;
  });
  server.Get("/emplace", [](const httplib::Request&, httplib::Response& response) {
    std::optional<int> code;
    std::map<int, std::optional<int>*> codes;
    codes[1] = &code;
    codes[1]->emplace(503);
    if (!client.Get("/emplace") && code) response.status = 503;
  });
  server.Get("/field", [](const httplib::Request&, httplib::Response& response) {
    Flags flags;
    std::list<Flags*> all{&flags};
    all.front()->code.emplace(503);
    if (!client.Get("/field") && flags.code) response.status = 503;
  });
  server.Get("/swap", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false, other = true;
    std::list<bool*> flags{&strict};
    std::swap(*flags.front(), other);
    if (!client.Get("/swap") && strict) response.status = 503;
  });
  server.Get("/reference", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false, other = false;
    bool& chosen = Choose(strict, other);
    strict = false;
    chosen = true;
    if (!client.Get("/reference") && strict) response.status = 503;
  });
  server.Get("/one_of_two", [](const httplib::Request& request, httplib::Response& response) {
    bool strict = false, other = false;
    bool& chosen = request.path == "/a" ? strict : other;
    chosen = true;
    if (!client.Get("/one_of_two") && strict) response.status = 503;
  });
  server.Get("/handed_on", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false;
    Prepare(Context{&strict});
    if (!client.Get("/handed_on") && strict) response.status = 503;
  });
  server.Get("/shared", [](const httplib::Request&, httplib::Response& response) {
    auto flags = std::make_shared<Flags>();
    Prepare(flags);
    if (!client.Get("/shared") && flags->strict) response.status = 503;
  });
  server.Get("/visited", [](const httplib::Request&, httplib::Response& response) {
    bool strict = false;
    const std::variant<int, std::string> choice = 1;
    std::visit(Overloaded{[&](int) { strict = true; }, [](const std::string&) {}}, choice);
    if (!client.Get("/visited") && strict) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
