// HTTP steps into requests, and requests into curl commands.
#include "scenario/request.h"

#include <fstream>
#include <iterator>

#include "base/text.h"
#include "scenario/action.h"

namespace offstage::scenario {

namespace {

constexpr std::string_view kBoundary = "offstage-part-7d1f0a";

// A map's entries as pairs; a list repeats its key.
std::vector<std::pair<std::string, std::string>> Pairs(const Node* map) {
  std::vector<std::pair<std::string, std::string>> pairs;
  if (map == nullptr) return pairs;
  for (const templates::Entry& entry : map->entries()) {
    if (entry.value.IsList()) {
      for (const Node& item : entry.value.items())
        pairs.emplace_back(entry.key, item.text());
    } else if (entry.value.IsMap()) {
      pairs.emplace_back(entry.key, DumpJson(templates::ToOrderedJson(entry.value)));
    } else {
      pairs.emplace_back(entry.key, entry.value.text());
    }
  }
  return pairs;
}

std::string Encode(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::string out;
  for (const auto& [name, value] : pairs) {
    if (!out.empty()) out += '&';
    out += PercentEncode(name) + "=" + PercentEncode(value);
  }
  return out;
}

Result<std::string> ReadBody(const Node& name, const std::filesystem::path& folder) {
  const std::filesystem::path path = folder / name.text();
  std::ifstream in(path, std::ios::binary);
  if (!in || std::filesystem::is_directory(path))
    return Fail(Error{fmt::format("{}: cannot read {}", name.position().Text(), path.string())});
  return std::string{std::istreambuf_iterator<char>(in), {}};
}

Result<std::string> Multipart(const Node& parts, const std::filesystem::path& folder) {
  std::string body;
  for (const templates::Entry& part : parts.entries()) {
    body += fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"", kBoundary, part.key);
    std::string content = part.value.text();
    if (part.value.IsMap()) {
      const Node* file = part.value.Find("file");
      if (file == nullptr) {
        return Fail(Error{fmt::format("{}: a part is a text or a map with `file`",
                                      part.value.position().Text())});
      }
      OFFSTAGE_TRY(content, ReadBody(*file, folder));
      const std::string base = std::filesystem::path(file->text()).filename().string();
      body += fmt::format("; filename=\"{}\"\r\nContent-Type: {}", part.value.TextOf("name", base),
                          part.value.TextOf("type", "application/octet-stream"));
    }
    body += "\r\n\r\n" + content + "\r\n";
  }
  return body + fmt::format("--{}--\r\n", kBoundary);
}

struct Body {
  std::string content;
  std::string type;
};

Result<Body> MakeBody(const Node& node, const std::filesystem::path& folder) {
  if (const Node* json = node.Find("json"))
    return Body{DumpJson(templates::ToOrderedJson(*json)), "application/json"};
  if (const Node* form = node.Find("form"))
    return Body{Encode(Pairs(form)), "application/x-www-form-urlencoded"};
  if (const Node* text = node.Find("text")) return Body{text->text(), "text/plain"};
  if (const Node* base64 = node.Find("base64")) {
    const auto bytes = Base64Decode(base64->text());
    if (!bytes)
      return Fail(Error{fmt::format("{}: this is not base64", base64->position().Text())});
    return Body{*bytes, "application/octet-stream"};
  }
  if (const Node* file = node.Find("file")) {
    OFFSTAGE_TRY(std::string content, ReadBody(*file, folder));
    return Body{std::move(content), "application/octet-stream"};
  }
  if (const Node* parts = node.Find("multipart")) {
    OFFSTAGE_TRY(std::string content, Multipart(*parts, folder));
    return Body{std::move(content), fmt::format("multipart/form-data; boundary={}", kBoundary)};
  }
  return Body{};
}

// In single quotes, for a shell.
std::string Quoted(const std::string& text) {
  return "'" + ReplaceAll(text, "'", "'\\''") + "'";
}

}  // namespace

Result<http::Request> MakeRequest(const Step& step, const Node& node) {
  http::Request request;
  const Node& target = *node.Find(step.kind_key);
  request.target = target.text();
  if (step.kind_key == "request") {
    const auto blank = request.target.find(' ');
    if (blank == std::string::npos) {
      return Fail(Error{fmt::format("{}: `request` takes a method and a path: REPORT /path",
                                    target.position().Text())});
    }
    request.method = request.target.substr(0, blank);
    request.target = Trim(request.target.substr(blank));
  } else {
    request.method = ToUpper(step.kind_key);
  }
  if (!request.target.starts_with('/')) request.target.insert(0, "/");
  const std::string query = Encode(Pairs(node.Find("query")));
  if (!query.empty())
    request.target += (request.target.find('?') == std::string::npos ? "?" : "&") + query;
  request.target = ReplaceAll(request.target, " ", "%20");
  for (auto& [name, value] : Pairs(node.Find("headers")))
    request.headers.Add(std::move(name), std::move(value));
  OFFSTAGE_TRY(Body body, MakeBody(node, step.folder));
  if (!body.type.empty() && request.headers.Find("Content-Type") == nullptr)
    request.headers.Add("Content-Type", std::move(body.type));
  request.body = std::move(body.content);
  return request;
}

std::string ToCurl(const http::Request& request, const std::string& base) {
  std::string command = "curl -i";
  if (request.method != "GET" && !(request.method == "POST" && !request.body.empty()))
    command += request.method == "HEAD" ? " --head" : " -X " + request.method;
  for (const auto& [name, value] : request.headers) {
    // Tokens do not belong into logs of CI.
    const bool secret = EqualsIgnoreCase(name, "Authorization") || EqualsIgnoreCase(name, "Cookie");
    command += " -H " + Quoted(name + ": " + (secret ? "<hidden>" : value));
  }
  const bool printable = IsValidUtf8(request.body) &&
                         request.body.find('\0') == std::string::npos && request.body.size() < 4000;
  if (!request.body.empty() && printable) {
    command += " --data-raw " + Quoted(request.body);
  } else if (!request.body.empty()) {
    command += fmt::format(" --data-binary @BODY-OF-{}-BYTES", request.body.size());
  }
  return command + " " + Quoted(base + request.target);
}

}  // namespace offstage::scenario
