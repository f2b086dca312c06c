// One main that runs every command in a loop: what the commands leave to each other differs from
// path to path, and nothing of it says what a fault does.
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <string>

struct Session {
  int size = 0;
  int color = 0;
  int pages = 0;
  int depth = 0;
  bool is_bold = false;
  bool is_open = false;
  std::string user;
};

void Adjust(Session& session) {
  for (int i = 0; i < std::rand(); ++i) {
    if (std::rand() == 1) session.size += 1;
    if (std::rand() == 2) session.color += session.size;
    if (std::rand() == 3) session.pages += session.color;
    if (std::rand() == 4) session.depth += session.pages;
    if (std::rand() == 5) session.is_bold = !session.is_bold;
    if (std::rand() == 6) session.is_open = !session.is_open;
    for (int j = 0; j < std::rand(); ++j) {
      if (session.is_bold) session.size += 3;
      if (session.is_open) session.color += 5;
      for (int k = 0; k < std::rand(); ++k) {
        if (session.size == session.color) session.pages += 7;
        if (session.pages == session.depth) session.depth += 11;
      }
    }
  }
}

int main() {
  httplib::Client client("localhost", 9000);
  Session session;
  while (true) {
    std::string command;
    if (!(std::cin >> command)) break;
    if (command == "list") {
      const auto result = client.Get("/list");
      if (!result) std::exit(3);
    } else if (command == "join") {
      const auto result = client.Post("/join", "", "text/plain");
      if (!result) std::puts("not joined");
    } else if (command == "leave") {
      const auto result = client.Delete("/join");
      if (result->status >= 400) std::puts("not left");
    } else if (command == "show") {
      const auto result = client.Get("/show");
      if (!result || result->status >= 500) throw result.error();
    }
    Adjust(session);
  }
}
