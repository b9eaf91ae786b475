using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Rules;
using SentinelHealth.Detection;
using SentinelHealth.Detection.Calibration;
using SentinelHealth.Detection.Detectors;
using SentinelHealth.Detection.Federation;
using SentinelHealth.Detection.Rules;
using SentinelHealth.Detection.Rules.Live;
using SentinelHealth.Detection.TimeSeries;
using SentinelHealth.Response.Compliance;

namespace SentinelHealth.Architecture.Tests;

/// <summary>No detector and no rule may be added without saying which control of law or standard it serves.</summary>
public sealed class ControlCoverageTests
{
    private static readonly ControlCatalog Catalog = ControlFolder.Controls(Path.Combine(Repository.Root, "controls"));

    [Fact]
    public void Every_detector_is_mapped_and_nothing_else_is_called_one() => Assert.Equal(
        DetectorCatalog.All(new DetectionOptions(), PeerBaseline.None).Select(slot => slot.Detector.Name)
            .Append(NetworkSeries.Name).Append(Persistence.Name).Distinct().Order(StringComparer.Ordinal),
        Mapped(ControlServerKind.Detector));

    [Fact]
    public void Every_built_in_rule_is_mapped_and_nothing_else_is_called_one() => Assert.Equal(
        BuiltInRules.All.Select(rule => rule.Name).Order(StringComparer.Ordinal), Mapped(ControlServerKind.Rule));

    [Fact]
    public void Every_written_rule_that_is_shipped_names_a_control_that_the_catalog_knows() => Assert.All(Shipped(), rule =>
    {
        var tags = rule.Definition.Tags.Where(tag => tag.StartsWith(ControlCatalog.TagPrefix, StringComparison.Ordinal)).ToList();
        Assert.True(tags.Count > 0, $"{rule.Name} names no control.");
        Assert.Equal(tags.Select(tag => tag[ControlCatalog.TagPrefix.Length..]), Catalog.ControlsOf(tags));
    });

    [Fact]
    public void Every_control_that_a_built_in_rule_names_is_in_the_catalog() => Assert.All(BuiltInRules.All, rule =>
    {
        var tags = rule.Tags.Where(tag => tag.StartsWith(ControlCatalog.TagPrefix, StringComparison.Ordinal)).ToList();
        Assert.Equal(tags.Count, Catalog.ControlsOf(tags).Count);
    });

    [Fact]
    public void A_control_that_does_not_exist_is_a_fault_with_its_name()
    {
        var broken = ControlCatalog.Load([("x.yaml", "detectors:\n  - name: rarity\n    serves: [hipaa.none]\n")]);

        Assert.Contains("hipaa.none", Assert.Single(broken.Errors).Message, StringComparison.Ordinal);
        Assert.Empty(broken.Servers);
    }

    private static IEnumerable<StagedRule> Shipped() =>
        StagedRules.Of(RuleFolder.Read(Path.Combine(Repository.Root, "rules")).Files, new Dictionary<string,
            Detection.Lifecycle.DetectorStage>()).Rules;

    private static IEnumerable<string> Mapped(ControlServerKind kind) =>
        Catalog.Servers.Where(server => server.Kind == kind).Select(server => server.Name).Order(StringComparer.Ordinal);
}
