using SentinelHealth.Dashboard.Commands;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Ingest.Sources;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Policy;

namespace SentinelHealth.Dashboard.Backtests;

/// <summary>The policy that is tried, and when.</summary>
/// <param name="Playbooks">What it would do.</param>
/// <param name="Options">How far it could go.</param>
/// <param name="Period">When it is in force.</param>
internal sealed record BacktestPlan(PlaybookSet Playbooks, ResponseOptions Options, BacktestPeriod Period);

/// <summary>What a backtest takes as given: everything but the policy.</summary>
/// <param name="Validators">The ledger's validators, for the quorum.</param>
/// <param name="Detection">Settings of the detectors.</param>
/// <param name="Shared">What other sites find usual; null for nothing.</param>
/// <param name="Rules">Written rules with their stages; null for none.</param>
internal sealed record BacktestBasis(
    IReadOnlyList<string> Validators, DetectionOptions Detection, PeerBaseline? Shared, StagedRules? Rules);

/// <summary>One backtest over one stream of records: what the command and the page run alike, so that their answers are the same bytes (I5).</summary>
/// <remarks>Begins without any habits and learns from the records as production does. One thread.</remarks>
internal sealed class BacktestRun
{
    private readonly ResponseBacktest _backtest;
    private readonly ScoreRun _run;

    public BacktestRun(BacktestPlan plan, BacktestBasis basis)
    {
        _backtest = new ResponseBacktest(plan.Playbooks, plan.Options, basis.Validators, plan.Period);
        _run = new ScoreRun(new DetectionEngine(basis.Detection, basis.Shared, basis.Rules), null, keepsCases: false)
        {
            Scored = _backtest.Take,
        };
    }

    /// <summary>Takes one record, of any format that the intake knows.</summary>
    /// <returns>A sentence for each part of it that is no event. Valid until the next record.</returns>
    public IReadOnlyList<string> Take(NdjsonLine line) => _run.Take(line);

    /// <summary>Ends the run.</summary>
    public BacktestReport Conclude()
    {
        _run.Finish();
        return _backtest.Conclude();
    }

    /// <summary>Writes one line for each thing, then the sum.</summary>
    public static void Write(Stream output, BacktestReport report)
    {
        foreach (var line in report.Lines)
            Line(output, line);
        Line(output, report.Summary);
    }

    private static void Line<T>(Stream output, T value)
    {
        System.Text.Json.JsonSerializer.Serialize(output, value, AlertJson.Options);
        output.Write("\n"u8);
    }
}
