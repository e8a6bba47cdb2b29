// ReplyReader: finds the end of an HTTP/1.1 reply and its status, and keeps nothing else: what a
// load generator needs, for a fraction of a client's cost. Internal to bench/.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace offstage::bench {

// Thread-compatible.
class ReplyReader {
 public:
  enum class State {
    kMore,    // The reply goes on.
    kDone,    // It is complete.
    kBroken,  // This is not HTTP.
  };
  enum class Body { kPossible, kNone };

  // Before each reply. kNone: of a HEAD request.
  void Begin(Body body);
  State Feed(std::string_view bytes);
  // The server has closed the connection: which may be how the body ends.
  State End();

  int status() const { return status_; }
  std::size_t body_bytes() const { return body_bytes_; }
  // The connection can carry another request.
  bool keep_alive() const { return keep_alive_; }
  // Something has arrived.
  bool begun() const { return begun_; }

 private:
  enum class Phase { kHead, kLength, kChunkSize, kChunk, kTrailer, kUntilClose, kDone, kBroken };

  void ReadHead(std::string_view head);
  void ReadHeader(std::string_view name, std::string_view value);
  bool Step();
  bool TakeChunkLine();

  Phase phase_ = Phase::kDone;
  Body body_ = Body::kPossible;
  // What has not been looked at: never more than a head or a line.
  std::string pending_;
  std::size_t left_ = 0;
  std::size_t body_bytes_ = 0;
  int status_ = 0;
  bool keep_alive_ = true;
  bool begun_ = false;
  bool chunked_ = false;
  bool has_length_ = false;
};

}  // namespace offstage::bench
