#include "streams/stream_name.h"

#include <fmt/format.h>

#include <charconv>

#include "base/clock.h"
#include "base/text.h"

namespace offstage::streams {

namespace {

constexpr std::string_view kTable = ":table/";
constexpr std::string_view kStream = "/stream/";
// The number before a database's first change.
constexpr std::string_view kSequencePrefix = "1000";
constexpr std::size_t kSequenceDigits = 17;

std::uint64_t Hash(std::string_view text, std::uint64_t hash) {
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3ULL;
  }
  hash ^= hash >> 32;
  return hash * 0x9E3779B97F4A7C15ULL;
}

std::optional<std::int64_t> ParseNumber(std::string_view digits) {
  std::int64_t number = 0;
  const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (failure != std::errc() || end != digits.data() + digits.size() || number < 0)
    return std::nullopt;
  return number;
}

}  // namespace

std::string ArnOf(const StreamName& name, const Account& account) {
  return fmt::format("arn:aws:dynamodb:{}:{}{}{}{}{}", account.region, account.id, kTable,
                     name.table, kStream, name.label);
}

std::optional<StreamName> ParseArn(std::string_view arn, const Account& account) {
  const auto table = arn.find(kTable);
  if (table == std::string_view::npos) return std::nullopt;
  const std::string_view rest = arn.substr(table + kTable.size());
  const auto stream = rest.find(kStream);
  if (stream == std::string_view::npos) return std::nullopt;
  StreamName name = {.table = std::string(rest.substr(0, stream)),
                     .label = std::string(rest.substr(stream + kStream.size()))};
  if (ArnOf(name, account) != arn) return std::nullopt;
  return name;
}

std::int64_t CreatedMillis(std::string_view label) {
  const auto time = ParseIso8601(label);
  return time ? ToEpochMillis(*time) : 0;
}

std::string ShardIdOf(const StreamName& name) {
  const std::uint64_t hash = Hash(name.label, Hash(name.table, 0xcbf29ce484222325ULL));
  return fmt::format("shardId-{:020}-{:08x}", CreatedMillis(name.label),
                     static_cast<std::uint32_t>(hash >> 32));
}

std::string SequenceNumber(std::int64_t position) {
  return fmt::format("{}{:0{}}", kSequencePrefix, position, kSequenceDigits);
}

std::optional<std::int64_t> ParseSequenceNumber(std::string_view text) {
  if (text.size() != kSequencePrefix.size() + kSequenceDigits || !text.starts_with(kSequencePrefix))
    return std::nullopt;
  return ParseNumber(text.substr(kSequencePrefix.size()));
}

std::string EventId(const StreamName& name, std::int64_t position) {
  const std::string text = fmt::format("{}/{}/{}", name.table, name.label, position);
  const std::uint64_t first = Hash(text, 0xcbf29ce484222325ULL);
  return fmt::format("{:016x}{:016x}", first, Hash(text, first));
}

std::string ToText(const Iterator& iterator, const Account& account) {
  return fmt::format("{}|1|{}", ArnOf(iterator.stream, account),
                     Base64Encode(fmt::format("{}/{}", iterator.position, iterator.created_ms)));
}

std::optional<Iterator> ParseIterator(std::string_view text, const Account& account) {
  const auto bar = text.find("|1|");
  if (bar == std::string_view::npos) return std::nullopt;
  auto name = ParseArn(text.substr(0, bar), account);
  const auto inner = Base64Decode(text.substr(bar + 3));
  if (!name || !inner) return std::nullopt;
  const auto slash = inner->find('/');
  if (slash == std::string::npos) return std::nullopt;
  const auto position = ParseNumber(std::string_view(*inner).substr(0, slash));
  const auto created = ParseNumber(std::string_view(*inner).substr(slash + 1));
  if (!position || !created) return std::nullopt;
  return Iterator{.stream = *std::move(name), .position = *position, .created_ms = *created};
}

}  // namespace offstage::streams
