// Work that is too long to follow may change what it captured, what it is given by reference, and
// what a constant pointer points to: whether it did is not known.
#include <httplib.h>

#include <optional>
#include <string>
#include <variant>
#include <vector>

struct Point {
  std::vector<float> features;
  int group = 0;
};

int Split(const std::vector<Point>& points, int low, int high) {
  int left = low;
  int right = high;
  int moved = 0;
  while (left < right) {
    while (points[left].features[0] < points[high].features[0]) {
      if (points[left].group == 1) ++moved;
      if (points[left].group == 2) moved += 2;
      if (points[left].group == 3) moved += 3;
      if (points[left].group == 4) moved += 4;
      ++left;
    }
    while (points[right].features[0] > points[high].features[0]) {
      if (points[right].group == 1) --moved;
      if (points[right].group == 2) moved -= 2;
      if (points[right].group == 3) moved -= 3;
      if (points[right].group == 4) moved -= 4;
      --right;
    }
  }
  return left + moved;
}

int Quarter(const std::vector<Point>& points, int low, int high) {
  const int middle = Split(points, low, high);
  const int left = Split(points, low, middle);
  const int right = Split(points, middle, high);
  return middle + left + right + Split(points, left, right);
}

int Index(const std::vector<Point>& points, int size) {
  int total = 0;
  for (int i = 0; i < size; ++i) {
    total += Quarter(points, 0, i);
    total -= Quarter(points, i, size);
    if (total > 1000) total += Quarter(points, 0, size);
    if (total < -1000) total -= Quarter(points, 0, total);
    if (total == 17) total = Quarter(points, 1, size);
    if (total == 18) total = Quarter(points, 2, size);
  }
  return total;
}

struct Cache {
  bool is_stale = false;
};
Cache g_cache;
Cache* const g_pointer = &g_cache;

void Mark(const std::vector<Point>& points, int size) {
  if (Index(points, size) > 10) g_pointer->is_stale = true;
}

void Fill(const std::vector<Point>& points, int size, std::optional<std::string>& name) {
  if (Index(points, size) > 10) name = "found";
}

struct Good {};
struct Bad {};

void Check(const std::vector<Point>& points, int size, std::variant<Good, Bad>& state) {
  if (Index(points, size) > 10) state = Bad{};
}

int main(int argc, char**) {
  const std::vector<Point> points(argc);
  httplib::Server server;
  server.Get("/captured", [&](const httplib::Request&, httplib::Response& response) {
    int status = 200;
    const auto note = [&] {
      if (Index(points, argc) > 10) status = 503;
    };
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/captured");
    if (!result) {
      note();
      if (status != 200) response.status = 503;
    }
  });
  server.Get("/pointed", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    g_pointer->is_stale = false;
    const auto result = client.Get("/pointed");
    if (!result) {
      Mark(points, argc);
      if (g_pointer->is_stale) response.status = 503;
    }
  });
  server.Get("/optional", [&](const httplib::Request&, httplib::Response& response) {
    std::optional<std::string> name;
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/optional");
    Fill(points, argc, name);
    if (!result && !name.has_value()) response.status = 503;
  });
  server.Get("/variant", [&](const httplib::Request&, httplib::Response& response) {
    std::variant<Good, Bad> state = Good{};
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/variant");
    Check(points, argc, state);
    if (!result && std::holds_alternative<Bad>(state)) response.status = 503;
  });
  server.listen("0.0.0.0", 8000);
}
