// http_floor PORT: a bare cpp-httplib server that answers every POST with the same 500 bytes, for
// comparing throughput within one run: what a request costs before the emulator does anything.
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: http_floor PORT\n");
    return 2;
  }
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_keep_alive_timeout(60);
  // A thread is held for a connection's whole life.
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  const std::string body(500, 'x');
  server.Post(".*", [&body](const httplib::Request&, httplib::Response& response) {
    response.set_content(body, "application/json");
  });
  if (!server.listen("127.0.0.1", std::atoi(argv[1]))) {
    std::fprintf(stderr, "http_floor: port %s cannot be listened on\n", argv[1]);
    return 3;
  }
  return 0;
}
