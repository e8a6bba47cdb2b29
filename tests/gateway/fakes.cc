#include "gateway/fakes.h"

#include <cstdlib>
#include <iostream>

namespace offstage::gateway::test {

GatewayUnderTest::GatewayUnderTest(std::vector<ApiConfig> apis, TokenVerifier* tokens) {
  auto created =
      Gateway::Create(std::move(apis), {.invoker = invoker,
                                        .clock = clock,
                                        .ids = ids,
                                        .log = log,
                                        .traces = traces,
                                        .tokens = tokens,
                                        .aws = &aws,
                                        .throttling = Dependencies::Throttling::kEnforced});
  if (!created.ok()) {
    std::cerr << "the gateway was refused: " << created.error().message << "\n";
    std::abort();
  }
  gateway = std::move(created).value();
}

http::Reply GatewayUnderTest::Send(std::string method, std::string target, http::Headers headers,
                                   std::string body) {
  http::Request request;
  request.method = std::move(method);
  request.target = std::move(target);
  request.version = "1.1";
  request.headers = std::move(headers);
  request.body = std::move(body);
  request.remote_address = "127.0.0.1";
  request.remote_port = 50000;
  return gateway->Handle(request);
}

http::Reply GatewayUnderTest::Get(std::string target, http::Headers headers) {
  return Send("GET", std::move(target), std::move(headers));
}

Route MakeRoute(std::string_view key, std::string function) {
  Route route;
  const std::size_t blank = key.find(' ');
  route.method = blank == std::string_view::npos ? "ANY" : std::string(key.substr(0, blank));
  route.path = std::string(key.substr(blank == std::string_view::npos ? 0 : blank + 1));
  route.integration = LambdaProxy{.function = std::move(function)};
  return route;
}

ApiConfig RestApi(const std::vector<std::string>& keys) {
  ApiConfig api;
  api.id = "abcdefghij";
  api.name = "test-api";
  for (const std::string& key : keys)
    api.routes.push_back(MakeRoute(key));
  return api;
}

}  // namespace offstage::gateway::test
