using System.Text;
using System.Text.Json;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Ingest.Formats;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Policy;
using SentinelHealth.Testing;

namespace SentinelHealth.Response.Tests.Policy;

public sealed class BacktestTests
{
    private static readonly string Nurse = SomeCase.Actor(1).Id;

    [Fact]
    public void A_containment_is_charged_with_what_it_would_have_blocked_until_it_ends()
    {
        var backtest = Backtest();
        backtest.Take(Event(0), Verdict(SomeCase.Actor(1)));
        backtest.Take(Event(10), Quiet);
        backtest.Take(Event(20), new EventVerdict(0.9, 0.1, [SomeCase.Alert()], []));
        backtest.Take(Event(30, purpose: "BTG"), Quiet);
        backtest.Take(Event(61), Quiet);

        var report = backtest.Conclude();

        var line = Assert.Single(report.Lines);
        Assert.Equal((BacktestKind.Action, SomeCase.At, SomeCase.At.AddHours(1)), (line.Kind, line.At, line.Until));
        Assert.Equal((2, 1, 1), (line.BlockedEvents, line.BlockedLegitimate, line.PassedEmergencies));
        Assert.Equal((5, 1, 3600), (report.Summary.Events, report.Summary.Actions, report.Summary.ContainedSeconds));
    }

    [Fact]
    public void Guardrails_refuse_as_in_production_and_each_refusal_is_told_once()
    {
        var backtest = Backtest(new ResponseOptions { ActorsPerWindowMax = 1 });
        backtest.Take(Event(0), Verdict(SomeCase.Actor(1)));
        backtest.Take(Event(1), Verdict(SomeCase.Actor(2)));
        backtest.Take(Event(2), Verdict(SomeCase.Actor(2)));
        backtest.Take(Event(65), Verdict(SomeCase.Actor(3)));

        var report = backtest.Conclude();

        Assert.Equal(2, report.Summary.Actions);
        Assert.Equal(1, report.Summary.Refusals[Guardrails.CapPerKind]);
        Assert.Equal(3, report.Lines.Count);
    }

    [Fact]
    public void Outside_its_period_the_policy_does_nothing()
    {
        var backtest = Backtest(period: new BacktestPeriod(SomeCase.At.AddMinutes(5), SomeCase.At.AddMinutes(10)));
        backtest.Take(Event(4), Verdict(SomeCase.Actor(1)));
        backtest.Take(Event(5), Verdict(SomeCase.Actor(2)));
        backtest.Take(Event(10), Verdict(SomeCase.Actor(3)));

        Assert.Equal(SomeCase.Actor(2), Assert.Single(backtest.Conclude().Lines).Target);
    }

    [Fact]
    public void The_same_input_gives_the_same_bytes()
    {
        static string Run()
        {
            var backtest = Backtest(new ResponseOptions());
            var random = new Random(7);
            for (var minute = 0; minute < 300; minute++)
                backtest.Take(Event(minute), random.Next(4) == 0 ? Verdict(SomeCase.Actor(random.Next(9))) : Quiet);
            return JsonSerializer.Serialize(backtest.Conclude(), AlertJson.Options);
        }

        Assert.Equal(Run(), Run());
        Assert.Contains("staff-share", Run(), StringComparison.Ordinal);
    }

    private static EventVerdict Quiet => new(0, 1, [], []);

    private static EventVerdict Verdict(EntityRef actor) =>
        new(0.95, 0.01, [SomeCase.Alert()], [SomeCase.Incident(actor) with { Id = "inc-" + actor.Id }]);

    private static ResponseBacktest Backtest(ResponseOptions? options = null, BacktestPeriod period = default) => new(
        new PlaybookSet([SomeCase.Playbook(PlaybookMode.Automatic, ActionKind.SuspendActor)]),
        (options ?? new ResponseOptions()) with { StaffShareMax = 1, Cooldown = TimeSpan.Zero }, [], period);

    private static SentinelEvent Event(int minute, string purpose = "TREAT")
    {
        var at = SomeCase.At.AddMinutes(minute);
        var json = $$"""
            {"schema":"sentinel.ledger-transaction.v1","id":"e-{{minute}}","time":"{{at:yyyy-MM-ddTHH:mm:ss}}Z","node":"node:a",
             "actor":"{{Nurse}}","contract":"AccessRegistry","method":"recordAccess","status":"success","purpose":"{{purpose}}"}
            """;
        var observed = new SentinelEvent();
        Assert.True(new NativeEventDecoder().TryDecode(Encoding.UTF8.GetBytes(json), observed, out _));
        return observed;
    }
}
