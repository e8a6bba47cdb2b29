// Later: the reply to one request, sent by another thread than the connection's. Whoever has the
// reply writes it to the socket itself: waking the connection's thread for that costs as much as
// the rest of a short exchange.
#pragma once

#include <chrono>

#include "base/mutex.h"
#include "http/message.h"

namespace offstage::http {

// Thread-safe.
class Later {
 public:
  // `socket` is borrowed until Abandon. `last`: the connection ends after the reply.
  Later(int socket, bool last) : socket_(socket), last_(last) {}

  // Sends the reply (never a streamed one), waiting for a client that reads slowly. False: the
  // client is gone, did not read it by `deadline` (its connection is broken then), or has had a
  // reply before.
  bool Send(const Reply& reply, std::chrono::steady_clock::time_point deadline);

  // For the connection. Has a reply been sent?
  bool Sent() const;
  // The connection ends: what is sent from now on fails.
  void Abandon();

 private:
  mutable Mutex mutex_;
  int socket_ OFFSTAGE_GUARDED_BY(mutex_);  // -1 once abandoned.
  bool sent_ OFFSTAGE_GUARDED_BY(mutex_) = false;
  const bool last_;
};

}  // namespace offstage::http
