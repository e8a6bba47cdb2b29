// Writers and readers side by side: group commit, what a failure in a group costs the others.
#include <atomic>
#include <latch>
#include <thread>

#include "dynamodb/store_fixture.h"

namespace offstage::dynamodb {
namespace {

constexpr int kThreads = 8;

class StoreConcurrencyTest : public StoreFixture {
 protected:
  // Runs `work(thread)` on some threads at once.
  template <typename Work>
  void AtOnce(const Work& work) {
    std::latch start(kThreads);
    std::vector<std::jthread> threads;
    for (int i = 0; i < kThreads; ++i) {
      threads.emplace_back([&, i] {
        start.arrive_and_wait();
        work(i);
      });
    }
  }

  aws::Outcome<Unit> Add(const Table& table, const ItemKey& key) {
    return store_->Write([&](WriteSession& session) -> aws::Outcome<Unit> {
      OFFSTAGE_TRY_INTERNAL(const auto old, session.Find(table, key));
      const int before = old ? std::stoi(std::string(old->text)) : 0;
      const std::string text = std::to_string(before + 1);
      OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit put,
                            session.Put(table, key, old, text, 1, {}));
      return Ok();
    });
  }
};

TEST_F(StoreConcurrencyTest, NoWriteIsLostAndAReaderSeesItsOwnThreadsWrites) {
  const TablePtr table = Create(OneKey("t"));
  constexpr int kEach = 100;
  AtOnce([&](int thread) {
    const ItemKey own = Key("own-" + std::to_string(thread));
    for (int i = 0; i < kEach; ++i) {
      EXPECT_TRUE(Add(*table, Key("shared")).ok());
      EXPECT_TRUE(Add(*table, own).ok());
      EXPECT_EQ(Get(*table, own), std::to_string(i + 1));
    }
  });
  EXPECT_EQ(Get(*table, Key("shared")), std::to_string(kThreads * kEach));
  EXPECT_EQ(store_->Counts(*table)->items, kThreads + 1);
}

TEST_F(StoreConcurrencyTest, ARefusedWriteLeavesTheOthersOfItsGroupAlone) {
  const TablePtr table = Create(OneKey("t"));
  std::atomic<int> refused{0};
  AtOnce([&](int thread) {
    for (int i = 0; i < 50; ++i) {
      if (thread % 2 == 0) {
        EXPECT_TRUE(Add(*table, Key("shared")).ok());
      } else {
        const auto done = store_->Write([](WriteSession&) -> aws::Outcome<Unit> {
          return Fail(aws::ApiError{.type = "No", .message = "no"});
        });
        refused += !done.ok() && done.error().type == "No" ? 1 : 0;
      }
    }
  });
  EXPECT_EQ(refused, kThreads / 2 * 50);
  EXPECT_EQ(Get(*table, Key("shared")), std::to_string(kThreads / 2 * 50));
}

// Each write that was acknowledged is there, whatever a write that failed half-way took with it.
TEST_F(StoreConcurrencyTest, AWriteThatFailsHalfWayOrThrowsUndoesOnlyWhatWasNotAcknowledged) {
  const TablePtr table = Create(OneKey("t"));
  std::atomic<int> acknowledged{0};
  std::atomic<int> thrown{0};
  AtOnce([&](int thread) {
    for (int i = 0; i < 50; ++i) {
      if (thread > 1) {
        const auto done = Add(*table, Key("shared"));
        acknowledged += done.ok() ? 1 : 0;
        EXPECT_TRUE(done.ok() || done.error().type == "InternalServerError");
        continue;
      }
      const auto spoil = [&](WriteSession& session) -> aws::Outcome<Unit> {
        EXPECT_TRUE(session.Put(*table, Key("bad"), std::nullopt, "1", 1, {}).ok());
        if (thread == 0) throw std::runtime_error("a bug");
        return Fail(aws::InternalServerError(Error{"no"}));
      };
      try {
        EXPECT_FALSE(store_->Write(spoil).ok());
      } catch (const std::runtime_error&) {
        ++thrown;
      }
    }
  });
  EXPECT_EQ(thrown, 50);
  EXPECT_EQ(Get(*table, Key("bad")), std::nullopt);
  EXPECT_EQ(Get(*table, Key("shared")).value_or("0"), std::to_string(acknowledged));
  // The store still works.
  EXPECT_TRUE(Add(*table, Key("shared")).ok());
}

// A checkpoint that starts a long log anew keeps writers out until no reader needs it. One that
// goes on reading cost each such checkpoint ten seconds, and a write that came just then its place:
// this test took longer than it may.
TEST_F(StoreConcurrencyTest, WritesGoOnWhileAReaderNeedsALongLog) {
  const TablePtr table = Create(OneKey("t"));
  auto reader = store_->Read();
  ASSERT_TRUE(reader.ok());
  ASSERT_TRUE((*reader)->Find(*table, Key("none")).ok());
  const std::string large(350'000, 'x');
  for (int i = 0; i < 200; ++i)
    Put(*table, Key("large-" + std::to_string(i)), large);
  for (int i = 0; i < 8000; ++i)
    Put(*table, Key("small"), std::to_string(i));
}

TEST_F(StoreConcurrencyTest, AReaderSeesOneState) {
  const TablePtr table = Create(OneKey("t"));
  const auto put_both = [&](const std::string& text) {
    return store_->Write([&](WriteSession& session) -> aws::Outcome<Unit> {
      for (const char* name : {"a", "b"}) {
        OFFSTAGE_TRY_INTERNAL(const auto old, session.Find(*table, Key(name)));
        OFFSTAGE_TRY_INTERNAL([[maybe_unused]] const Unit put,
                              session.Put(*table, Key(name), old, text, 1, {}));
      }
      return Ok();
    });
  };
  ASSERT_TRUE(put_both("0").ok());
  AtOnce([&](int thread) {
    for (int i = 0; i < 100; ++i) {
      if (thread < 2) {
        EXPECT_TRUE(put_both(std::to_string(thread * 1000 + i)).ok());
        continue;
      }
      auto reader = store_->Read();
      ASSERT_TRUE(reader.ok());
      const std::string first((*(*reader)->Find(*table, Key("a")))->text);
      const std::string second((*(*reader)->Find(*table, Key("b")))->text);
      EXPECT_EQ(first, second);
    }
  });
}

}  // namespace
}  // namespace offstage::dynamodb
