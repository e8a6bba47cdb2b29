#include "bench/reply_reader.h"

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace offstage::bench {

namespace {

constexpr std::size_t kMaxHeadBytes = 256 * 1024;

bool ToNumber(std::string_view text, std::size_t& value, int base) {
  const auto end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, value, base);
  return read.ec == std::errc() && read.ptr != text.data();
}

}  // namespace

void ReplyReader::Begin(Body body) {
  phase_ = Phase::kHead;
  body_ = body;
  pending_.clear();
  left_ = body_bytes_ = 0;
  status_ = 0;
  keep_alive_ = true;
  begun_ = chunked_ = has_length_ = false;
}

ReplyReader::State ReplyReader::Feed(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  // The usual reply: a body of known length that need not be kept.
  if (phase_ == Phase::kLength && bytes.size() <= left_) {
    left_ -= bytes.size();
    if (left_ == 0) phase_ = Phase::kDone;
  } else if (phase_ != Phase::kUntilClose) {
    pending_.append(bytes);
    while (Step()) {
    }
  } else {
    body_bytes_ += bytes.size();
  }
  if (phase_ == Phase::kDone) return State::kDone;
  return phase_ == Phase::kBroken ? State::kBroken : State::kMore;
}

ReplyReader::State ReplyReader::End() {
  keep_alive_ = false;
  if (phase_ == Phase::kUntilClose) phase_ = Phase::kDone;
  return phase_ == Phase::kDone ? State::kDone : State::kBroken;
}

// One phase further with what is pending; false: more bytes are needed, or none.
bool ReplyReader::Step() {
  switch (phase_) {
    case Phase::kHead: {
      const auto end = pending_.find("\r\n\r\n");
      if (end == std::string::npos) {
        if (pending_.size() > kMaxHeadBytes) phase_ = Phase::kBroken;
        return false;
      }
      const std::string head = pending_.substr(0, end);
      pending_.erase(0, end + 4);
      ReadHead(head);
      return true;
    }
    case Phase::kLength:
    case Phase::kChunk: {
      const std::size_t taken = std::min(left_, pending_.size());
      pending_.erase(0, taken);
      left_ -= taken;
      if (left_ > 0) return false;
      phase_ = phase_ == Phase::kChunk ? Phase::kChunkSize : Phase::kDone;
      return true;
    }
    case Phase::kChunkSize:
    case Phase::kTrailer:
      return TakeChunkLine();
    case Phase::kUntilClose:
      body_bytes_ += pending_.size();
      pending_.clear();
      return false;
    case Phase::kDone:
      // Bytes after the end: nobody asked for them.
      if (!pending_.empty()) phase_ = Phase::kBroken;
      return false;
    case Phase::kBroken:
      break;
  }
  return false;
}

bool ReplyReader::TakeChunkLine() {
  const auto end = pending_.find("\r\n");
  if (end == std::string::npos) return false;
  const std::string line = pending_.substr(0, end);
  pending_.erase(0, end + 2);
  if (phase_ == Phase::kTrailer) {
    if (line.empty()) phase_ = Phase::kDone;
    return true;
  }
  std::size_t size = 0;
  if (!ToNumber(line, size, 16) || size > (std::size_t{1} << 40)) {
    phase_ = Phase::kBroken;
    return false;
  }
  body_bytes_ += size;
  // Its own CR LF belongs to the chunk.
  left_ = size + 2;
  phase_ = size == 0 ? Phase::kTrailer : Phase::kChunk;
  return true;
}

void ReplyReader::ReadHead(std::string_view head) {
  const auto lines = Split(head, '\n');
  const std::string_view first = Trim(lines.front());
  std::size_t status = 0;
  if (!first.starts_with("HTTP/1.") || first.size() < 12 ||
      !ToNumber(first.substr(9, 3), status, 10)) {
    phase_ = Phase::kBroken;
    return;
  }
  status_ = static_cast<int>(status);
  keep_alive_ = first[7] == '1';
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto colon = lines[i].find(':');
    if (colon != std::string_view::npos)
      ReadHeader(lines[i].substr(0, colon), Trim(lines[i].substr(colon + 1)));
  }
  if (phase_ == Phase::kBroken) return;
  if (status_ / 100 == 1) {
    phase_ = Phase::kHead;  // 100 Continue: the reply is still to come.
  } else if (body_ == Body::kNone || status_ == 204 || status_ == 304) {
    phase_ = Phase::kDone;
  } else if (chunked_) {
    phase_ = Phase::kChunkSize;
  } else if (has_length_) {
    body_bytes_ = left_;
    phase_ = left_ == 0 ? Phase::kDone : Phase::kLength;
  } else {
    phase_ = Phase::kUntilClose;
  }
}

void ReplyReader::ReadHeader(std::string_view name, std::string_view value) {
  if (EqualsIgnoreCase(name, "Content-Length")) {
    has_length_ = ToNumber(value, left_, 10);
    if (!has_length_) phase_ = Phase::kBroken;
  } else if (EqualsIgnoreCase(name, "Transfer-Encoding")) {
    chunked_ = EqualsIgnoreCase(value, "chunked");
  } else if (EqualsIgnoreCase(name, "Connection")) {
    if (EqualsIgnoreCase(value, "close")) keep_alive_ = false;
    if (EqualsIgnoreCase(value, "keep-alive")) keep_alive_ = true;
  }
}

}  // namespace offstage::bench
