// A JSON value that a service has no memory for may be destroyed all the same: the library's
// destructor asks for memory to take an object or a list apart, and ends the process if there is
// none.
#pragma once

namespace filibuster {

template <typename Json>
void Dismantle(Json* json) noexcept {
  if (!json->is_structured()) return;
  for (Json& member : *json) Dismantle(&member);
  json->clear();
}

// Dismantles it when this goes out of scope.
template <typename Json>
class Dismantled {
 public:
  explicit Dismantled(Json* json) : json_(*json) {}
  ~Dismantled() { Dismantle(&json_); }
  Dismantled(const Dismantled&) = delete;
  Dismantled& operator=(const Dismantled&) = delete;

 private:
  Json& json_;
};

}  // namespace filibuster
