// http_floor PORT [BYTES]: a bare cpp-httplib server that answers every GET and POST with the same
// 500 (or BYTES) bytes, for comparing throughput within one run: what a request costs before the
// emulator does anything.
#include <httplib.h>

#include <cstdio>
#include <cstdlib>
#include <string>

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "usage: http_floor PORT [BYTES]\n");
    return 2;
  }
  httplib::Server server;
  server.set_tcp_nodelay(true);
  server.set_keep_alive_max_count(1'000'000'000);
  server.set_keep_alive_timeout(60);
  // A thread is held for a connection's whole life.
  server.new_task_queue = [] { return new httplib::ThreadPool(64); };
  const std::string body(argc == 3 ? std::strtoul(argv[2], nullptr, 10) : 500, 'x');
  const auto answer = [&body](const httplib::Request&, httplib::Response& response) {
    response.set_content(body, "application/json");
  };
  server.Get(".*", answer);
  server.Post(".*", answer);
  if (!server.listen("127.0.0.1", std::atoi(argv[1]))) {
    std::fprintf(stderr, "http_floor: port %s cannot be listened on\n", argv[1]);
    return 3;
  }
  return 0;
}
