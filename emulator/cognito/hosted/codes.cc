#include "cognito/hosted/codes.h"

#include "cognito/crypto/bytes.h"

namespace offstage::cognito {

namespace {
constexpr std::size_t kMaxKept = 10000;
}  // namespace

std::string HostedState::AddCode(AuthorizationCode code) {
  std::string text = RandomText(36, "abcdefghijklmnopqrstuvwxyz0123456789-");
  const MutexLock lock(mutex_);
  if (codes_.size() >= kMaxKept) codes_.clear();
  codes_[text] = std::move(code);
  return text;
}

std::optional<AuthorizationCode> HostedState::FindCode(const std::string& code,
                                                       std::int64_t now) const {
  const MutexLock lock(mutex_);
  const auto found = codes_.find(code);
  if (found == codes_.end() || found->second.expires <= now) return std::nullopt;
  return found->second;
}

bool HostedState::UseCode(const std::string& code) {
  const MutexLock lock(mutex_);
  return codes_.erase(code) > 0;
}

std::string HostedState::AddBrowser(BrowserSession session) {
  std::string text = Base64UrlEncode(RandomBytes(32));
  const MutexLock lock(mutex_);
  if (browsers_.size() >= kMaxKept) browsers_.clear();
  browsers_[text] = std::move(session);
  return text;
}

std::optional<BrowserSession> HostedState::FindBrowser(const std::string& cookie,
                                                       std::int64_t now) const {
  const MutexLock lock(mutex_);
  const auto found = browsers_.find(cookie);
  if (found == browsers_.end() || found->second.expires <= now) return std::nullopt;
  return found->second;
}

void HostedState::RemoveBrowser(const std::string& cookie) {
  const MutexLock lock(mutex_);
  browsers_.erase(cookie);
}

void HostedState::Clear() {
  const MutexLock lock(mutex_);
  codes_.clear();
  browsers_.clear();
}

}  // namespace offstage::cognito
