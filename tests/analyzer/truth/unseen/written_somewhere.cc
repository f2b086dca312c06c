// What the analyzer is not shown.
#include <httplib.h>

#include <cstdlib>

struct Context {
  httplib::Response* response = nullptr;
  int tries = 0;
};

int* Choose(int& one, int& other) { return std::rand() == 1 ? &one : &other; }

Context* Current() {
  static Context context;
  return &context;
}
