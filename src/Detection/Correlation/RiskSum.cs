using System.Collections.Immutable;
using SentinelHealth.Detection.Alerts;

namespace SentinelHealth.Detection.Correlation;

/// <summary>One alert's part in the risk of an entity, before decay.</summary>
internal readonly record struct RiskShare(string AlertId, string Source, AttackStage Stage, long AtMs, double Points);

/// <summary>Adds an entity's shares up to its risk.</summary>
/// <remarks>
/// Each share halves every day. Of one source the largest counts in full, the next half, the next a quarter, so that no source
/// reaches twice its largest, however often it speaks. Each further source adds a fifth, each further stage a quarter, since several
/// witnesses or an attack that moves on are worse than one loud one. Nothing exceeds <see cref="RiskMax"/>. The risk is the sum of
/// the listed contributions, in their order, so an audit that adds them up gets the very same number.
/// </remarks>
internal static class RiskSum
{
    /// <summary>The most an entity's risk can be.</summary>
    public const double RiskMax = 100;

    private const double HalfLifeMs = 86_400_000;
    private const double PerFurtherSource = 0.2, PerFurtherStage = 0.25;
    private const int FurtherMax = 3;

    /// <summary>Far more than arithmetic may be off by.</summary>
    private const double Rounding = 1e-9;

    /// <summary>What an alert weighs on the day it is raised.</summary>
    public static double PointsOf(Alert alert) => alert.Score * (alert.Severity switch
    {
        Severity.Critical => 60,
        Severity.High => 35,
        Severity.Medium => 15,
        Severity.Low => 5,
        _ => 1,
    });

    /// <summary>The contributions to the risk at a time, alerts first.</summary>
    public static List<RiskContribution> Of(IReadOnlyList<RiskShare> shares, long nowMs)
    {
        List<RiskContribution> listed = [];
        foreach (var source in shares.GroupBy(share => share.Source).OrderBy(source => source.Key, StringComparer.Ordinal))
        {
            var weight = 1.0;
            foreach (var (share, points) in source.Select(share => (share, Points: Decayed(share, nowMs)))
                .OrderByDescending(item => item.Points).ThenBy(item => item.share.AlertId, StringComparer.Ordinal))
            {
                listed.Add(new RiskContribution(share.Source, share.AlertId, weight * points));
                weight /= 2;
            }
        }
        var subtotal = Sum(listed);
        Modify(listed, "further sources", PerFurtherSource * subtotal, shares.Select(share => share.Source).Distinct().Count());
        Modify(listed, "further stages", PerFurtherStage * subtotal,
            shares.Select(share => share.Stage).Where(stage => stage != AttackStage.Unknown).Distinct().Count());
        var total = Sum(listed);
        if (total > RiskMax)
            listed.Add(new RiskContribution("cap", "", RiskMax - total));
        return listed;
    }

    /// <summary>No more than the sum of the contributions of the shares, and the sum itself of a single one. Allocates nothing.</summary>
    public static double AtLeast(ImmutableArray<RiskShare> shares, long nowMs)
    {
        var most = 0.0;
        foreach (var share in shares)
            most = Math.Max(most, Decayed(share, nowMs));
        // As it is listed, the cap is a contribution too, and adding it may round.
        var capped = most > RiskMax ? most + (RiskMax - most) : most;
        return shares.Length == 1 ? capped : capped * (1 - Rounding);
    }

    /// <summary>The sum in the order listed.</summary>
    public static double Sum(List<RiskContribution> listed)
    {
        var sum = 0.0;
        foreach (var contribution in listed)
            sum += contribution.Points;
        return sum;
    }

    private static void Modify(List<RiskContribution> listed, string what, double each, int kinds)
    {
        var further = Math.Clamp(kinds - 1, 0, FurtherMax);
        if (further > 0)
            listed.Add(new RiskContribution(what, "", further * each));
    }

    private static double Decayed(in RiskShare share, long nowMs) =>
        share.Points * Math.Pow(2, Math.Min(0, share.AtMs - nowMs) / HalfLifeMs);
}
