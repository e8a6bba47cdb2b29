#include "aws/browser.h"

#include <zlib.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>
#include <vector>

#include "base/text.h"

namespace offstage::aws {

namespace {

// DynamoDB leaves shorter replies as they are.
constexpr std::size_t kShortestCompressed = 4096;
constexpr std::string_view kExposedHeaders =
    "x-amzn-RequestId,x-amzn-ErrorType,x-amz-request-id,x-amz-id-2,x-amzn-ErrorMessage,Date";

enum class Coding { kGzip, kDeflate };

// "deflate" is what zlib calls its own format.
std::optional<std::string> Compress(std::string_view bytes, Coding coding) {
  z_stream stream{};
  const int window = coding == Coding::kGzip ? 15 + 16 : 15;
  if (::deflateInit2(&stream, Z_BEST_SPEED, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
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

// The quality of one element of Accept-Encoding as the service reads it: the first "q=" counts,
// more than 1 is 1, and so is what is no number.
double QualityOf(std::string_view element) {
  const auto at = element.find("q=");
  if (at == std::string_view::npos) return 1;
  const std::string text(Trim(element.substr(at + 2, element.find(';', at) - at - 2)));
  char* end = nullptr;
  const double quality = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0' || std::isnan(quality)) return 1;
  return std::min(quality, 1.0);
}

// What the service compresses with: the coding of the highest quality, of equal ones the first. "*"
// stands behind the others for those that are not named, gzip first; identity does not count
// (ScyllaDB's test/alternator/test_compressed_response.py found this out).
std::optional<Coding> CodingFor(std::string_view accept) {
  struct Wish {
    Coding coding = Coding::kGzip;
    double quality = 0;
  };
  std::vector<Wish> wishes;
  std::optional<double> others;
  for (const std::string_view element : Split(accept, ',')) {
    const std::string_view name = Trim(element.substr(0, element.find(';')));
    if (EqualsIgnoreCase(name, "gzip")) wishes.push_back({Coding::kGzip, QualityOf(element)});
    if (EqualsIgnoreCase(name, "deflate")) wishes.push_back({Coding::kDeflate, QualityOf(element)});
    if (name == "*" && !others) others = QualityOf(element);
  }
  for (const Coding coding : {Coding::kGzip, Coding::kDeflate}) {
    const bool named =
        std::ranges::any_of(wishes, [coding](const Wish& wish) { return wish.coding == coding; });
    if (others && !named) wishes.push_back({coding, *others});
  }
  const Wish* best = nullptr;
  for (const Wish& wish : wishes) {
    if (wish.quality > 0 && (best == nullptr || wish.quality > best->quality)) best = &wish;
  }
  if (best == nullptr) return std::nullopt;
  return best->coding;
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
  if (reply.body.size() <= kShortestCompressed) return;
  const auto coding = CodingFor(request.headers.Get("Accept-Encoding"));
  if (!coding) return;
  auto compressed = Compress(reply.body, *coding);
  if (!compressed) return;
  reply.body = *std::move(compressed);
  reply.headers.Add("Content-Encoding", *coding == Coding::kGzip ? "gzip" : "deflate");
}

}  // namespace offstage::aws
