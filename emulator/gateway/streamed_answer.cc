#include "gateway/streamed_answer.h"

#include <utility>

namespace offstage::gateway {

namespace {

constexpr std::string_view kPreludeEnd("\0\0\0\0\0\0\0\0", 8);

}  // namespace

StreamedAnswer::StreamedAnswer(Invoker& invoker, InvokeRequest request)
    : invoker_(invoker), request_(std::move(request)) {
  request_.sink = this;
  thread_ = std::thread([this] {
    InvokeResult result = invoker_.Invoke(request_);
    MutexLock lock(mutex_);
    result_ = std::move(result);
    ended_ = true;
    changed_.notify_all();
  });
}

StreamedAnswer::~StreamedAnswer() {
  {
    MutexLock lock(mutex_);
    abandoned_ = true;
    changed_.notify_all();
  }
  thread_.join();
}

void StreamedAnswer::Begin(std::string_view content_type) {
  MutexLock lock(mutex_);
  head_.content_type = content_type;
}

bool StreamedAnswer::TakePrelude(std::string_view piece) {
  if (prelude_.size() > kMaxPreludeBytes) return false;
  // The zero bytes may be spread over pieces.
  const std::size_t from = prelude_.size() < kPreludeEnd.size() ? 0 : prelude_.size() - 7;
  prelude_ += piece;
  const std::size_t end = prelude_.find(kPreludeEnd, from);
  if (end == std::string::npos) return prelude_.size() <= kMaxPreludeBytes;
  head_.prelude = prelude_.substr(0, end);
  std::string rest = prelude_.substr(end + kPreludeEnd.size());
  prelude_.clear();
  queued_ += rest.size();
  if (!rest.empty()) pieces_.push_back(std::move(rest));
  return true;
}

bool StreamedAnswer::Write(std::string_view piece) {
  MutexLock lock(mutex_);
  while (queued_ >= kMaxQueuedBytes && !abandoned_)
    changed_.wait(lock);
  if (abandoned_) return false;
  bytes_ += piece.size();
  if (bytes_ > kMaxBytes) return false;
  changed_.notify_all();
  if (head_.metadata_declared() && !head_.prelude.has_value()) return TakePrelude(piece);
  queued_ += piece.size();
  pieces_.emplace_back(piece);
  return true;
}

bool StreamedAnswer::HeadIsKnown() const {
  if (ended_) return true;
  if (head_.metadata_declared())
    return head_.prelude.has_value() || prelude_.size() > kMaxPreludeBytes;
  return !pieces_.empty();
}

StreamedAnswer::Head StreamedAnswer::AwaitHead() {
  MutexLock lock(mutex_);
  while (!HeadIsKnown())
    changed_.wait(lock);
  Head head = head_;
  if (!head.metadata_declared() && !pieces_.empty()) head.first_piece = pieces_.front();
  return head;
}

void StreamedAnswer::Deliver(const http::WritePiece& write) {
  while (true) {
    std::string piece;
    {
      MutexLock lock(mutex_);
      while (pieces_.empty() && !ended_)
        changed_.wait(lock);
      if (pieces_.empty()) return;
      piece = std::move(pieces_.front());
      pieces_.pop_front();
      queued_ -= piece.size();
      changed_.notify_all();
    }
    if (write(piece)) continue;
    MutexLock lock(mutex_);
    abandoned_ = true;
    pieces_.clear();
    changed_.notify_all();
    return;
  }
}

InvokeResult StreamedAnswer::AwaitResult() {
  MutexLock lock(mutex_);
  while (!ended_)
    changed_.wait(lock);
  return result_;
}

std::size_t StreamedAnswer::bytes() {
  MutexLock lock(mutex_);
  return bytes_;
}

}  // namespace offstage::gateway
