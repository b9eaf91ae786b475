using System.Text.RegularExpressions;
using SentinelHealth.Dashboard.Backtests;
using SentinelHealth.Dashboard.Compliance;
using SentinelHealth.Dashboard.Components.Controls;
using SentinelHealth.Dashboard.Components.Layout;
using SentinelHealth.Dashboard.Components.Pages;
using SentinelHealth.Dashboard.Language;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Lifecycle;
using SentinelHealth.Ingest.Events;
using SentinelHealth.Response.Actions;
using SentinelHealth.Response.Backtesting;
using SentinelHealth.Response.Compliance;
using SentinelHealth.Response.Hunting;
using SentinelHealth.Response.Incidents;
using SentinelHealth.Response.Policy;
using SentinelHealth.Response.Reports;
using SentinelHealth.Response.Triage;

namespace SentinelHealth.Architecture.Tests;

/// <summary>Every sentence that is put to the reader's language exists in each language.</summary>
public sealed partial class LanguageTests
{
    /// <summary>Sentences in the code: <c>L["…"]</c>, also as a choice of two, and <c>Say("…")</c> of the forms.</summary>
    private static IEnumerable<string> Written =>
        from file in Repository.Under("src/Dashboard")
        where file.Path.EndsWith(".razor", StringComparison.Ordinal) || file.Path.EndsWith(".cs", StringComparison.Ordinal)
        from place in Places().Matches(file.Text)
        from sentence in Sentences().Matches(place.Groups["key"].Value)
        select Regex.Unescape(sentence.Groups[1].Value);

    /// <summary>Sentences that lists and enumerations bring.</summary>
    private static IEnumerable<string> Listed =>
    [
        .. PageHelp.Sentences, .. KeyboardHelp.Keys.Select(key => key.Meaning),
        .. AlertQuery.Statuses.Select(status => status.Name),
        .. AlertQuery.Ranges.Select(range => range.Name), .. AlertQuery.GroupFields.Select(known => known.Name),
        .. AlertFields.Schema.Fields.Select(known => known.Meaning), .. AlertFields.Schema.Groups.Select(known => known.Meaning),
        .. Enum.GetValues<Severity>().Select(Wording.Name),
        .. Enum.GetValues<AlertStatus>().Select(Wording.Name), .. Enum.GetValues<CloseReason>().Select(Wording.Name),
        .. Enum.GetValues<CloseReason>().Select(Wording.Meaning), .. Enum.GetNames<PlaybookMode>(),
        .. Enum.GetValues<ActionState>().Select(Wording.Name), .. Enum.GetValues<ActionKind>().Select(Wording.Name),
        .. Enum.GetValues<ActionKind>().Select(Wording.Inverse),
        .. Enum.GetValues<CaseTaskOutcome>().Select(outcome => Wording.Words(outcome)),
        .. Enum.GetNames<EntityType>(), .. Enum.GetNames<AlertKind>(),
        .. GuardrailNames.Select(GuardrailWords.Name), .. GuardrailNames.Select(GuardrailWords.Meaning),
        .. Enum.GetValues<DetectorStage>().Select(stage => Wording.Words(stage)),
        .. Enum.GetValues<RejectionReason>().Select(reason => Wording.Words(reason)),
        .. Enum.GetNames<BacktestState>(), .. Enum.GetValues<BacktestKind>().Select(BacktestWords.Name),
        .. Enum.GetValues<ComparedOutcome>().Select(BacktestWords.Name), .. BacktestLimit.All.Select(limit => limit.Label),
        .. Enum.GetValues<ClockStanding>().Select(standing => Wording.Words(standing)),
        .. Enum.GetValues<BreachConclusion>().Select(conclusion => Wording.Words(conclusion)),
        .. Enum.GetValues<BreachFactor>().Select(FactorEvidence.Name), .. Enum.GetNames<FactorRisk>(),
        .. Enum.GetValues<AlgorithmStanding>().Select(CryptoPosture.Words),
        .. ReportDesk.Kinds.Concat(ComplianceDesk.Kinds).Select(ReportWords.Title), .. ReportDesk.Kinds.Select(ReportWords.About),
        .. EventFields.Schema.Fields.Select(known => known.Meaning), Orders.NotAllowed,
    ];

    private static IEnumerable<string> GuardrailNames => typeof(Guardrails).GetFields()
        .Where(constant => constant.IsLiteral).Select(constant => (string)constant.GetRawConstantValue()!).Append("approval");

    [Fact]
    public void Every_sentence_exists_in_every_language()
    {
        foreach (var language in Words.Languages.Skip(1))
        {
            var words = new Words(language);
            var missing = Written.Concat(Listed).Distinct().Where(sentence => words[sentence].ResourceNotFound).ToList();

            Assert.True(missing.Count == 0, $"Words.{language.Name}.resx lacks:\n{string.Join("\n", missing)}");
        }
        Assert.True(Written.Distinct().Count() > 250, "The sentences are no longer found in the code.");
    }

    [Fact]
    public void A_translation_says_the_same_numbers_and_names_as_its_sentence()
    {
        foreach (var language in Words.Languages.Skip(1))
        {
            foreach (var entry in new Words(language).GetAllStrings(includeParentCultures: false))
            {
                Assert.Equal(Places(entry.Name), Places(entry.Value));
                Assert.NotEmpty(entry.Value.Trim());
            }
        }

        static IEnumerable<string> Places(string text) => Numbered().Matches(text).Select(match => match.Value).Order();
    }

    [Fact]
    public void English_is_its_own_key()
    {
        Assert.Equal("Alerts", new Words(Words.Languages[0])["Alerts"].Value);
        Assert.Equal("Alarme", new Words(Words.Languages[1])["Alerts"].Value);
        Assert.Equal("3 von 5 Schritten erfüllt", new Words(Words.Languages[1])["{0} of {1} steps hold", 3, 5].Value);
    }

    [GeneratedRegex("""(?<!\w)(?:L|words)\[(?<key>(?:[^\[\]"]|"(?:[^"\\]|\\.)*")+)\]|(?<![.\w])Say\((?<key>"[^"]*")\)""")]
    private static partial Regex Places();

    [GeneratedRegex("(?<=^|[?:] ?)\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Sentences();

    [GeneratedRegex(@"\{\d\}")]
    private static partial Regex Numbered();
}
