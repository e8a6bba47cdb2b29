// Requests as clients send them: query strings, cookies, paths and headers through a REST API, an
// HTTP API and a function URL. First line the target, further ones headers, after an empty line the
// body.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/text.h"
#include "gateway/gateway.h"

namespace offstage::gateway {

namespace {

class Silent : public Invoker, public TraceSink, public Log {
 public:
  InvokeResult Invoke(const InvokeRequest&) override {
    return {.payload = R"({"statusCode":200})"};
  }
  void Record(Span) override {}

 protected:
  void Write(LogLevel, std::string_view, Fields) override {}
};

ApiConfig MakeApi(ApiKind kind, std::string id) {
  ApiConfig api;
  api.kind = kind;
  api.id = std::move(id);
  if (kind != ApiKind::kRest) api.stage = "$default";
  api.binary_media_types = {"image/*"};
  for (const char* path : {"/u/{id}", "/{proxy+}"}) {
    Route route{.method = "ANY", .path = path};
    route.integration = LambdaProxy{.function = "f", .payload = PayloadVersion::kV2};
    api.routes.push_back(std::move(route));
  }
  return api;
}

struct Fixture {
  Silent silent;
  SystemClock clock;
  SeededIds ids{1};
  std::unique_ptr<Gateway> gateway =
      std::move(Gateway::Create(
                    {MakeApi(ApiKind::kRest, "aaaaaaaaaa"), MakeApi(ApiKind::kHttp, "bbbbbbbbbb"),
                     MakeApi(ApiKind::kFunctionUrl, "cccccccccc")},
                    {silent, clock, ids, silent, silent}))
          .value();
};

}  // namespace

}  // namespace offstage::gateway

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace offstage;
  static gateway::Fixture fixture;
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  http::Request request;
  request.method = "POST";
  request.version = "1.1";
  request.remote_address = "127.0.0.1";
  const auto line = [&rest] {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    const std::string_view text = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return text;
  };
  const std::string target(line());
  for (std::string_view header = line(); !header.empty(); header = line()) {
    const std::size_t colon = std::min(header.find(':'), header.size());
    request.headers.Add(std::string(header.substr(0, colon)),
                        std::string(header.substr(std::min(colon + 1, header.size()))));
  }
  request.body = std::string(rest);
  for (const char* prefix : {"", "/_apis/bbbbbbbbbb", "/_apis/cccccccccc"}) {
    request.target = prefix + target;
    fixture.gateway->Handle(request);
  }
  return 0;
}
