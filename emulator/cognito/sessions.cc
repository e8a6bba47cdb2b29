#include "cognito/sessions.h"

#include "base/text.h"
#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {
// Clients make sessions without proving anything: forget rather than grow without bound.
constexpr std::size_t kMaxSessions = 20000;
}  // namespace

std::string Sessions::Add(Session session, std::int64_t now_seconds) {
  std::string token = Base64Encode(RandomBytes(384));
  const MutexLock lock(mutex_);
  if (sessions_.size() >= kMaxSessions) {
    std::erase_if(sessions_, [&](const auto& row) { return row.second.expires <= now_seconds; });
    if (sessions_.size() >= kMaxSessions) sessions_.clear();
  }
  sessions_[token] = std::move(session);
  return token;
}

std::optional<Session> Sessions::Find(const std::string& token, std::int64_t now_seconds) const {
  const MutexLock lock(mutex_);
  const auto found = sessions_.find(token);
  if (found == sessions_.end() || found->second.expires <= now_seconds) return std::nullopt;
  return found->second;
}

void Sessions::Replace(const std::string& token, Session session) {
  const MutexLock lock(mutex_);
  sessions_[token] = std::move(session);
}

bool Sessions::Remove(const std::string& token) {
  const MutexLock lock(mutex_);
  return sessions_.erase(token) > 0;
}

void Sessions::Clear() {
  const MutexLock lock(mutex_);
  sessions_.clear();
}

}  // namespace offstage::cognito
