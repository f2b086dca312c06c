// The body of an error is read as JSON: whatever the library throws derives from one class, but not
// what the service's own code may throw on the way.
#include <httplib.h>

#include <iostream>
#include <nlohmann/json.hpp>
#include <string>

using nlohmann::json;

struct Problem {
  std::string text;
};

std::string TextOf(const std::string& body) {
  try {
    const json parsed = json::parse(body);
    if (parsed.contains("error") && parsed["error"].is_string()) {
      return parsed["error"].get<std::string>();
    }
  } catch (const json::exception&) {
  }
  return "no text";
}

// Of a class that not every exception of the library is of.
std::string TypedTextOf(const std::string& body) {
  try {
    return json::parse(body)["error"].get<std::string>();
  } catch (const json::type_error&) {
    return "no text";
  }
}

std::string TextOfProblem(const std::string& body) {
  try {
    return json::parse(body).get<Problem>().text;
  } catch (const json::exception&) {
    return "no text";
  }
}

using Reader = std::string (*)(const std::string& body);

void Answer(const char* path, Reader read, httplib::Response& response) {
  httplib::Client client("localhost", 9000);
  const auto result = client.Get(path);
  if (!result) {
    response.status = 503;
  } else if (result->status != 200) {
    std::cerr << path << ": " << read(result->body) << std::endl;
    response.status = 502;
  }
}

int main() {
  httplib::Server server;
  server.Get("/text", [](const httplib::Request&, httplib::Response& response) {
    Answer("/text", TextOf, response);
  });
  server.Get("/typed", [](const httplib::Request&, httplib::Response& response) {
    Answer("/typed", TypedTextOf, response);
  });
  server.Get("/problem", [](const httplib::Request&, httplib::Response& response) {
    Answer("/problem", TextOfProblem, response);
  });
  server.listen("0.0.0.0", 8000);
}
