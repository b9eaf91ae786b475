using System.Globalization;
using System.Text;
using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Rules.Sigma;
using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Ingest.Events;

namespace SentinelHealth.Detection.Rules.Live;

/// <summary>From a match of a written rule to what an alert says: whom it is about, and one sentence. Allocates.</summary>
internal static class MatchTelling
{
    /// <summary>A tag that names the kind of entity a rule is about, for rules that are not about the actor.</summary>
    private const string EntityTag = "sentinel.entity.";

    private const int FieldsMax = 4;
    private const int ValueCharactersMax = 60;

    public static RuleMatch Of(SentinelEvent observed, StagedRule rule, SigmaMatch found)
    {
        var entity = EntityOf(observed, rule, found);
        var author = rule.Document.Author.Length > 0 ? $" (rule by {rule.Document.Author})" : "";
        return new RuleMatch(
            rule.Definition with { Stage = rule.Stage }, entity, observed.TextOf(TextField.Id),
            $"{rule.Document.Title}{author}: {What(observed, rule, found)}.",
            Observed(observed, rule, found), Expected(rule), EventEntities.AllBut(observed, entity))
        {
            EventIds = found.EventIds,
        };
    }

    private static string What(SentinelEvent observed, StagedRule rule, SigmaMatch found)
    {
        var deed = observed.Kind == EventKind.BiometricQuery
            ? $"{observed.TextOf(TextField.Operation)} query, {observed.TextOf(TextField.Decision)}"
            : $"{observed.TextOf(TextField.Contract)}.{observed.TextOf(TextField.Method)}";
        var about = observed.Has(TextField.Subject) ? $" about {observed.TextOf(TextField.Subject)}" : "";
        var act = $"{EventEntities.Who(observed)}, {deed}{about} at {observed.TextOf(TextField.Node)}";
        return rule.Document is SigmaCorrelation correlation
            ? $"{Measure(found)} within {Span(correlation.Timespan)}{Of(found)}, last by {act}"
            : act;
    }

    private static string Of(SigmaMatch found) =>
        found.Group.Count == 0 ? "" : " for " + string.Join(", ", found.Group.Select(part => EventEntities.Short(part.Value)));

    private static string Measure(SigmaMatch found) => string.Create(CultureInfo.InvariantCulture, $"{found.Measure:0.##}");

    private static string Observed(SentinelEvent observed, StagedRule rule, SigmaMatch found)
    {
        if (rule.Document is SigmaCorrelation)
            return Measure(found);
        var shown = rule.Document.Fields.Take(FieldsMax)
            .Select(field => (Field: field, Value: ValueOf(observed, field))).Where(pair => pair.Value.Length > 0)
            .Select(pair => $"{pair.Field} {pair.Value}").ToList();
        return shown.Count > 0 ? string.Join(", ", shown) : "a match";
    }

    private static string Expected(StagedRule rule) => rule.Document is SigmaCorrelation correlation
        ? $"less within {Span(correlation.Timespan)}"
        : "no match";

    private static string ValueOf(SentinelEvent observed, string field)
    {
        var known = SentinelFields.All.FirstOrDefault(one => one.Name == field);
        var value = known switch
        {
            { Text: { } text } => observed.TextOf(text),
            { Number: { } number } when !double.IsNaN(observed.Number(number)) =>
                observed.Number(number).ToString(CultureInfo.InvariantCulture),
            _ when field.StartsWith(SentinelFields.Args + ".", StringComparison.Ordinal) => Arg(observed, field[(SentinelFields.Args.Length + 1)..]),
            _ => "",
        };
        return value.Length <= ValueCharactersMax ? value : value[..ValueCharactersMax] + "…";
    }

    private static string Arg(SentinelEvent observed, string name) =>
        observed.TrySeekArg(Encoding.UTF8.GetBytes(name), out var reader)
        && reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.StartObject or JsonTokenType.Null)
            ? Encoding.UTF8.GetString(reader.ValueSpan)
            : "";

    /// <summary>Whom it is about: what a correlation counts for, what the rule's tag names, else the actor.</summary>
    private static EntityRef EntityOf(SentinelEvent observed, StagedRule rule, SigmaMatch found)
    {
        var grouped = found.Group.Where(part => part.Value.Length > 0).Select(part => (Type: TypeOf(part.Key), part.Value))
            .Where(part => part.Type is not null).ToList();
        if (grouped.Count > 0)
            return new EntityRef(grouped[0].Type!.Value, grouped[0].Value);
        var tag = rule.Definition.Tags.FirstOrDefault(tag => tag.StartsWith(EntityTag, StringComparison.Ordinal));
        return tag is null ? EventEntities.Actor(observed)
            : EventEntities.All(observed).FirstOrDefault(
                entity => entity.Type.ToString().Equals(tag[EntityTag.Length..], StringComparison.OrdinalIgnoreCase),
                EventEntities.Actor(observed));
    }

    private static EntityType? TypeOf(string field) => field switch
    {
        "actor_id" or "who" or "args.grantee" or "args.to" or "args.payee" or "args.did" or "args.holder" or "args.account"
            or "args.delegate" => EntityType.Actor,
        "node" or "args.nodeId" => EntityType.Node,
        "patient_ref" => EntityType.Patient,
        "device" => EntityType.Device,
        "contract" or "args.target" => EntityType.Contract,
        "grant_id" => EntityType.Grant,
        "chain" => EntityType.Chain,
        _ => null,
    };

    private static string Span(TimeSpan span) => span switch
    {
        { TotalDays: >= 2 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalDays:0.#} days"),
        { TotalHours: > 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalHours:0.#} hours"),
        { TotalMinutes: > 1 } => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMinutes:0.#} minutes"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} seconds"),
    };
}
