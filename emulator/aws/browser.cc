#include "aws/browser.h"

#include <zlib.h>

#include <string>

#include "base/text.h"

namespace offstage::aws {

namespace {

constexpr std::size_t kWorthCompressing = 1024;
constexpr std::string_view kExposedHeaders =
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date";

std::optional<std::string> Gzip(std::string_view bytes) {
  z_stream stream{};
  constexpr int kGzipWindow = 15 + 16;
  if (::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, kGzipWindow, 8, Z_DEFAULT_STRATEGY) !=
      Z_OK) {
    return std::nullopt;
  }
  std::string input(bytes);
  std::string out(::deflateBound(&stream, static_cast<uLong>(input.size())), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  const int code = ::deflate(&stream, Z_FINISH);
  out.resize(out.size() - stream.avail_out);
  ::deflateEnd(&stream);
  if (code != Z_STREAM_END) return std::nullopt;
  return out;
}

bool AcceptsGzip(std::string_view accept) {
  for (const std::string_view part : Split(accept, ',')) {
    const std::string_view coding = Trim(part.substr(0, part.find(';')));
    if (!EqualsIgnoreCase(coding, "gzip")) continue;
    // "gzip;q=0" is a refusal.
    const auto quality = part.find("q=");
    return quality == std::string_view::npos ||
           part.substr(quality + 2).find_first_of("123456789") != std::string_view::npos;
  }
  return false;
}

}  // namespace

namespace {

// http://localhost:3001, http://127.0.0.1, http://app.localhost
bool IsOfThisMachine(std::string_view origin) {
  const auto start = origin.find("://");
  if (start == std::string_view::npos) return false;
  std::string_view host = origin.substr(start + 3);
  if (host.starts_with('[')) return host.starts_with("[::1]");
  host = host.substr(0, host.find(':'));
  return host == "localhost" || host.ends_with(".localhost") || host == "127.0.0.1";
}

}  // namespace

std::optional<http::Reply> RefusePage(const http::Request& request) {
  const std::string_view origin = request.headers.Get("Origin");
  const std::string_view path = request.RawPath();
  if (origin.empty() || path == "/") return std::nullopt;
  if (IsOfThisMachine(origin) && !path.starts_with("/_offstage/")) return std::nullopt;
  return http::Reply{
      .status = 403,
      .headers = {{"x-offstage-explain",
                   "pages of other sites may not run functions here, and none may call what is the "
                   "emulator's own: on AWS they would need a signature"}},
      .body = {}};
}

std::optional<http::Reply> AnswerPreflight(const http::Request& request) {
  if (request.method != "OPTIONS" || request.headers.Get("Origin").empty()) return std::nullopt;
  http::Reply reply;
  reply.headers.Add("Access-Control-Allow-Origin", "*");
  const std::string_view headers = request.headers.Get("Access-Control-Request-Headers");
  const std::string_view method = request.headers.Get("Access-Control-Request-Method");
  if (!headers.empty()) reply.headers.Add("Access-Control-Allow-Headers", std::string(headers));
  if (!method.empty()) reply.headers.Add("Access-Control-Allow-Methods", std::string(method));
  reply.headers.Add("Access-Control-Max-Age", "172800");
  reply.headers.Add("Access-Control-Expose-Headers", std::string(kExposedHeaders));
  return reply;
}

void AddCorsHeaders(const http::Request& request, http::Reply& reply) {
  if (request.headers.Get("Origin").empty()) return;
  reply.headers.Add("Access-Control-Allow-Origin", "*");
  reply.headers.Add("Access-Control-Expose-Headers", std::string(kExposedHeaders));
}

void CompressReply(const http::Request& request, http::Reply& reply) {
  if (reply.body.size() < kWorthCompressing || !AcceptsGzip(request.headers.Get("Accept-Encoding")))
    return;
  auto compressed = Gzip(reply.body);
  if (!compressed) return;
  reply.body = *std::move(compressed);
  reply.headers.Add("Content-Encoding", "gzip");
}

}  // namespace offstage::aws
