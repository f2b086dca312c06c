// Work that comes to no call: it is too long to follow, and the faults of the calls after it are
// known none the less. What it may throw, and what it gets of the fault, is not.
#include <httplib.h>

#include <stdexcept>
#include <string>
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

int CheckedIndex(const std::vector<Point>& points, int size) {
  if (points.empty()) throw std::invalid_argument("no points");
  return Index(points, size) + Index(points, size + 1) + Index(points, size + 2);
}

int main(int argc, char**) {
  const std::vector<Point> points(argc);
  const int built = Index(points, argc);
  httplib::Server server;
  // After the work, before it, and with what the fault left.
  server.Get("/after", [&](const httplib::Request&, httplib::Response& response) {
    const int searched = Index(points, built);
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/after");
    if (!result || result->status != 200) response.status = 503;
    response.set_content(std::to_string(searched), "text/plain");
  });
  server.Get("/before", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/before");
    const int searched = Index(points, argc);
    if (!result || result->status != 200) response.status = 502;
    response.set_content(std::to_string(searched), "text/plain");
  });
  server.Get("/checked", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/checked");
    response.set_content(std::to_string(CheckedIndex(points, argc)), "text/plain");
    if (!result) response.status = 504;
  });
  server.Get("/handed", [&](const httplib::Request&, httplib::Response& response) {
    httplib::Client client("localhost", 9000);
    const auto result = client.Get("/handed");
    const int status = result ? result->status : 0;
    response.status = Index(points, status) > 10 ? 500 : 200;
  });
  server.listen("0.0.0.0", 8000);
}
