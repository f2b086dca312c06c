// The services of a cinema, one for each run of this program: cinema users | bookings | movies.
//
//   GET /users/USER/bookings  at users: what USER has booked, from bookings, which is asked again
//                             when it fails
//   GET /bookings/USER        at bookings: the same, with the title, from movies
//   GET /movies/MOVIE         at movies: the title
#include <filibuster/httplib.h>

#include <iostream>

#include "common/service.h"

namespace {

constexpr int kTimeout = 10;  // seconds

void AnswerBookings(const httplib::Request& request, httplib::Response& response) {
  httplib::Client bookings(EnvOr("BOOKINGS_URL", "http://127.0.0.1:5171"));
  bookings.set_read_timeout(kTimeout);
  const std::string path = "/bookings/" + request.matches[1].str();

  const httplib::Result first = bookings.Get(path);
  if (first && first->status == 200) {
    response.set_content(first->body, "text/plain");
    return;
  }
  const httplib::Result second = bookings.Get(path);
  if (!second) {
    response.status = 503;
  } else if (second->status == 404) {
    response.status = 404;
  } else if (second->status != 200) {
    response.status = 503;
  } else {
    response.set_content(second->body, "text/plain");
  }
}

void AnswerBooking(const httplib::Request& request, httplib::Response& response) {
  httplib::Client movies(EnvOr("MOVIES_URL", "http://127.0.0.1:5172"));
  movies.set_read_timeout(kTimeout);
  const httplib::Result title = movies.Get("/movies/267eedb8");
  if (!title || title->status != 200) {
    response.status = 503;
    return;
  }
  response.set_content(request.matches[1].str() + ": " + title->body, "text/plain");
}

void AnswerMovie(const httplib::Request&, httplib::Response& response) {
  response.set_content("The Good Dinosaur", "text/plain");
}

}  // namespace

int main(int argc, char** argv) {
  const std::string service = argc == 2 ? argv[1] : "";
  filibuster::SetServiceName(service);
  httplib::Server server;
  if (service == "users") {
    server.Get("/users/(\\w+)/bookings", AnswerBookings);
    return Serve(server, std::atoi(EnvOr("USERS_PORT", "5170").c_str()));
  }
  if (service == "bookings") {
    server.Get("/bookings/(\\w+)", AnswerBooking);
    return Serve(server, std::atoi(EnvOr("BOOKINGS_PORT", "5171").c_str()));
  }
  if (service == "movies") {
    server.Get("/movies/(\\w+)", AnswerMovie);
    return Serve(server, std::atoi(EnvOr("MOVIES_PORT", "5172").c_str()));
  }
  std::cerr << "usage: cinema users|bookings|movies\n";
  return 2;
}
