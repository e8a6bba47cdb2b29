#include "lambda/event_stream.h"

#include <zlib.h>

#include <cstdint>

namespace offstage::lambda {
namespace {

constexpr char kTextHeader = 7;

void AppendNumber(std::string& out, std::uint64_t value, int bytes) {
  for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8)
    out.push_back(static_cast<char>((value >> shift) & 0xff));
}

std::uint32_t Checksum(std::string_view bytes) {
  return static_cast<std::uint32_t>(
      crc32(0, reinterpret_cast<const Bytef*>(bytes.data()), static_cast<uInt>(bytes.size())));
}

}  // namespace

std::string EncodeEventMessage(const std::vector<std::pair<std::string, std::string>>& headers,
                               std::string_view payload) {
  std::string head;
  for (const auto& [name, value] : headers) {
    AppendNumber(head, name.size(), 1);
    head += name;
    head.push_back(kTextHeader);
    AppendNumber(head, value.size(), 2);
    head += value;
  }
  // Two lengths and their checksum, headers, payload, checksum of all.
  constexpr std::size_t kFraming = 16;
  std::string message;
  AppendNumber(message, kFraming + head.size() + payload.size(), 4);
  AppendNumber(message, head.size(), 4);
  AppendNumber(message, Checksum(message), 4);
  message += head;
  message += payload;
  AppendNumber(message, Checksum(message), 4);
  return message;
}

}  // namespace offstage::lambda
