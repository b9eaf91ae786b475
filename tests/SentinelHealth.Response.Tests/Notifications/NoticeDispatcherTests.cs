using Microsoft.Extensions.Logging.Abstractions;
using SentinelHealth.Response.Notifications;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Storage;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Notifications;

/// <summary>What is told arrives, or is kept with the reason why it did not. On the real store.</summary>
public sealed class NoticeDispatcherTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManualClock _clock = new(SomeCase.At);
    private readonly CaseStore _store;
    private readonly FickleChannel _channel = new();

    public NoticeDispatcherTests() => _store = SqliteCaseStore.Open(_folder.File("cases.db"));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_notice_is_sent_once_however_often_it_is_decided()
    {
        await DecideAsync(SomeNotice.To());
        await DecideAsync(SomeNotice.To());

        await Dispatcher().DispatchAsync(Cancel);
        await DecideAsync(SomeNotice.To());
        await Dispatcher().DispatchAsync(Cancel);

        Assert.Equal(1, _channel.Sent);
        Assert.Equal(1, Assert.Single(await _store.NoticesAsync(NoticeState.Sent, 10, Cancel)).Attempts);
    }

    [Fact]
    public async Task A_receiver_that_is_down_is_tried_again_with_growing_waits()
    {
        await DecideAsync(SomeNotice.To());
        _channel.Fault = new HttpRequestException("down");
        await Dispatcher().DispatchAsync(Cancel);
        Assert.Equal(0, await Dispatcher().DispatchAsync(Cancel));

        _clock.Advance(NoticeDispatcher.WaitAfter(0));
        await Dispatcher().DispatchAsync(Cancel);
        _clock.Advance(NoticeDispatcher.WaitAfter(1));
        _channel.Fault = null;
        await Dispatcher().DispatchAsync(Cancel);

        var sent = Assert.Single(await _store.NoticesAsync(NoticeState.Sent, 10, Cancel));
        Assert.Equal((3, 3), (sent.Attempts, _channel.Tried));
        Assert.True(NoticeDispatcher.WaitAfter(1) > NoticeDispatcher.WaitAfter(0));
        Assert.Equal(TimeSpan.FromMinutes(30), NoticeDispatcher.WaitAfter(60));
    }

    [Fact]
    public async Task What_cannot_be_delivered_is_given_up_with_the_reason_and_a_person_can_try_again()
    {
        await DecideAsync(SomeNotice.To());
        _channel.Fault = new HttpRequestException("down");
        for (var i = 0; i < NoticeDispatcher.AttemptsMax; i++)
        {
            await Dispatcher().DispatchAsync(Cancel);
            _clock.Advance(TimeSpan.FromHours(1));
        }
        var dead = Assert.Single(await _store.NoticesAsync(NoticeState.Dead, 10, Cancel));
        _channel.Fault = null;

        Assert.True(await _store.RetryNoticeAsync(dead.Notice.Id, _clock.GetUtcNow(), Cancel));
        await Dispatcher().DispatchAsync(Cancel);

        Assert.Contains("Given up after 12 tries", dead.Detail, StringComparison.Ordinal);
        Assert.Equal(1, _channel.Sent);
        Assert.False(await _store.RetryNoticeAsync(dead.Notice.Id, _clock.GetUtcNow(), Cancel));
    }

    [Theory]
    [InlineData("on-call", "The receiver answered 400.")]
    [InlineData("nobody", "no channel of this name")]
    public async Task What_trying_again_cannot_help_is_given_up_at_once(string channel, string why)
    {
        await DecideAsync(SomeNotice.To(channel));
        _channel.Fault = new NoticeRefusedException("The receiver answered 400.");

        await Dispatcher().DispatchAsync(Cancel);

        var dead = Assert.Single(await _store.NoticesAsync(NoticeState.Dead, 10, Cancel));
        Assert.Contains(why, dead.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_receiver_that_is_down_does_not_keep_others_from_hearing()
    {
        var other = new FickleChannel { Name = "other" };
        await DecideAsync(SomeNotice.To(), SomeNotice.To("other", id: "0x02"));
        _channel.Fault = new HttpRequestException("down");

        var dispatcher = new NoticeDispatcher(_store, [_channel, other], _clock, NullLogger<NoticeDispatcher>.Instance);
        await dispatcher.DispatchAsync(Cancel);

        Assert.Equal(1, other.Sent);
    }

    private NoticeDispatcher Dispatcher() => new(_store, [_channel], _clock, NullLogger<NoticeDispatcher>.Instance);

    private ValueTask DecideAsync(params PlannedNotice[] notices) =>
        _store.CommitAsync(new CaseCommit { ScoredOffsets = new Dictionary<int, long>(), Notices = notices }, Cancel);

    private sealed class FickleChannel : INoticeChannel
    {
        public string Name { get; init; } = "on-call";

        public Exception? Fault { get; set; }

        public int Sent { get; private set; }

        public int Tried { get; private set; }

        public Task SendAsync(PlannedNotice notice, CancellationToken cancel)
        {
            Tried++;
            if (Fault is { } fault)
                throw fault;
            Sent++;
            return Task.CompletedTask;
        }
    }
}
