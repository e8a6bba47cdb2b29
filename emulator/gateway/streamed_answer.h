// A function's answer that reaches the client as it is written: function URLs with InvokeMode
// RESPONSE_STREAM. docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "base/mutex.h"
#include "http/message.h"
#include "interfaces/invoker.h"

namespace offstage::gateway {

// One invocation, on a thread of its own because status and headers must be known before the first
// piece can leave. A client that reads slowly slows the handler down: at most kMaxQueuedBytes wait.
// AwaitHead and Deliver are for one thread.
class StreamedAnswer : public ResponseSink {
 public:
  static constexpr std::size_t kMaxQueuedBytes = 1024 * 1024;
  // Metadata that is longer is taken for a body without any (bounds memory; API Gateway's own
  // streaming takes as much: response-transfer-mode-lambda.html).
  static constexpr std::size_t kMaxPreludeBytes = 16 * 1024;
  // Lambda's largest streamed answer.
  static constexpr std::size_t kMaxBytes = 200 * 1024 * 1024;

  // Starts it. `invoker` outlives this.
  StreamedAnswer(Invoker& invoker, InvokeRequest request);
  // Drops what is left of the answer and waits for the invocation's end.
  ~StreamedAnswer() override;
  StreamedAnswer(const StreamedAnswer&) = delete;
  StreamedAnswer& operator=(const StreamedAnswer&) = delete;

  struct Head {
    // What the runtime declared; empty: the invocation ended before it answered, or never answered.
    std::string content_type = {};
    // The JSON text before eight zero bytes; null: the content type is another, or they never came.
    std::optional<std::string> prelude = {};
    // Of an answer without metadata, what came of it first.
    std::string first_piece = {};
    bool metadata_declared() const {
      return content_type == "application/vnd.awslambda.http-integration-response";
    }
  };
  // Waits for the metadata, for the first piece if there is none, or for the invocation's end.
  Head AwaitHead();

  // Writes the pieces as they come, until the invocation has ended or `write` returns false.
  void Deliver(const http::WritePiece& write);

  // Waits for the invocation's end. Its payload is the error of a handler that failed.
  InvokeResult AwaitResult();
  // Bytes that the handler has written so far, metadata included; more than kMaxBytes: the rest of
  // them was dropped.
  std::size_t bytes();

  void Begin(std::string_view content_type) override;
  bool Write(std::string_view piece) override;

 private:
  bool HeadIsKnown() const OFFSTAGE_REQUIRES(mutex_);
  bool TakePrelude(std::string_view piece) OFFSTAGE_REQUIRES(mutex_);

  Invoker& invoker_;
  InvokeRequest request_;

  Mutex mutex_;
  Condition changed_;
  Head head_ OFFSTAGE_GUARDED_BY(mutex_);
  // What of the prelude has come, while its end has not.
  std::string prelude_ OFFSTAGE_GUARDED_BY(mutex_);
  std::deque<std::string> pieces_ OFFSTAGE_GUARDED_BY(mutex_);
  std::size_t queued_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  std::size_t bytes_ OFFSTAGE_GUARDED_BY(mutex_) = 0;
  bool abandoned_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  bool ended_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  InvokeResult result_ OFFSTAGE_GUARDED_BY(mutex_);

  std::thread thread_;
};

}  // namespace offstage::gateway
