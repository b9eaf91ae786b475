using System.Globalization;
using System.Text.Json;
using SentinelHealth.Response.Actions;

namespace SentinelHealth.Response.Policy;

/// <summary>What a CACAO document gave.</summary>
/// <param name="Playbook">The playbook; null when there is a problem.</param>
/// <param name="Problem">What cannot be run here, as a sentence; empty when nothing.</param>
/// <param name="IsLowered">Whether the document wanted to act by itself and was taken down to approval.</param>
public sealed record CacaoReading(Playbook? Playbook, string Problem, bool IsLowered = false);

/// <summary>Reads the CACAO 2.0 that can be run here: one condition, at most one approval, then our own commands. Everything else is refused, never guessed.</summary>
/// <remarks>Never throws on any bytes. A playbook from outside never acts by itself: more than approval is given by people here, one step at a time.</remarks>
public static class CacaoImport
{
    private const int BytesMax = 256 * 1024, StepsMax = 32, CommandsMax = 64;
    private static readonly TimeSpan TimeMin = TimeSpan.FromMinutes(1), TimeMax = TimeSpan.FromDays(30);
    private static readonly JsonDocumentOptions Reading = new() { MaxDepth = 16 };

    /// <summary>Reads one document.</summary>
    public static CacaoReading Read(ReadOnlyMemory<byte> json)
    {
        if (json.Length > BytesMax)
            return new(null, $"A document has at most {BytesMax} bytes.");
        try
        {
            using var document = JsonDocument.Parse(json, Reading);
            return ReadRoot(document.RootElement);
        }
        catch (Exception fault) when (
            fault is JsonException or CacaoFault or InvalidOperationException or KeyNotFoundException)
        {
            return new(null, fault is CacaoFault ? fault.Message : "This is not a CACAO playbook of the shape that can be run here.");
        }
    }

    private static CacaoReading ReadRoot(JsonElement root)
    {
        if (Text(root, "type") != "playbook" || Text(root, "spec_version") != "cacao-2.0")
            throw new CacaoFault("This is no playbook of CACAO 2.0.");
        var workflow = root.GetProperty("workflow");
        if (workflow.EnumerateObject().Count() > StepsMax)
            throw new CacaoFault($"A workflow has at most {StepsMax} steps.");
        var start = Step(workflow, Text(root, "workflow_start"), "start");
        var condition = Step(workflow, Text(start, "on_completion"), "if-condition");
        var (when, problem) = CacaoConditions.Read(Text(condition, "condition"));
        if (when is null)
            throw new CacaoFault(problem);
        var next = Step(workflow, Text(condition, "on_true"), "action");
        var isAsked = IsManual(next);
        var playbook = new Playbook
        {
            Name = NameOf(root),
            Description = root.TryGetProperty("description", out var said) ? Bounded(said.GetString() ?? "") : "",
            Mode = ModeOf(root),
            When = when,
            Actions = [],
        };
        var after = next.TryGetProperty("on_success", out _) ? "on_success" : "on_completion";
        playbook = WithCommands(playbook, isAsked ? Step(workflow, Text(next, after), "action") : next);
        var isAutomatic = playbook.Mode == PlaybookMode.Automatic;
        var isLowered = isAutomatic || (!isAsked && playbook.Mode == PlaybookMode.Approve);
        return new(isAutomatic ? playbook with { Mode = PlaybookMode.Approve } : playbook, "", isLowered);
    }

    private static Playbook WithCommands(Playbook playbook, JsonElement step)
    {
        if (step.TryGetProperty("on_completion", out var after) && !after.GetString()!.StartsWith("end--", StringComparison.Ordinal))
            throw new CacaoFault("After the actions the workflow ends; further steps cannot be run here.");
        var commands = step.GetProperty("commands");
        if (commands.GetArrayLength() is 0 or > CommandsMax)
            throw new CacaoFault($"A step has 1 to {CommandsMax} commands.");
        foreach (var command in commands.EnumerateArray())
        {
            if (Text(command, "type") != CacaoExport.CommandType)
                throw new CacaoFault($"Commands of the type {Bounded(Text(command, "type"))} cannot be run here.");
            playbook = With(playbook, Text(command, "command"));
        }
        return playbook;
    }

    private static Playbook With(Playbook playbook, string command)
    {
        var words = command.Split(' ', 2);
        var rest = words.Length > 1 ? words[1] : "";
        switch (words[0])
        {
            case "notify" when Value(rest, "channel=") is { Length: > 0 and <= 64 } channel:
                return playbook with { Notifies = [.. playbook.Notifies, channel] };
            case "requireStepUp":
                return playbook with { StepUpFor = Time(rest, "ttl=") };
            case "openTask" when rest.Split(' ', 2) is [var due, var title] && Value(title, "title=") is { Length: > 0 and <= 200 } said:
                return playbook with { Tasks = [.. playbook.Tasks, new PlaybookTask(said, Time(due, "due="))] };
            default:
                return PublishedName.Find<ActionKind>(words[0]) is { } found
                    && playbook.Actions.All(action => action.Kind != found)
                    ? playbook with { Actions = [.. playbook.Actions, new PlaybookAction(found, Time(rest, "ttl="))] }
                    : throw new CacaoFault($"The command '{Bounded(command)}' cannot be run here.");
        }
    }

    private static bool IsManual(JsonElement step) =>
        step.GetProperty("commands").EnumerateArray().All(command => Text(command, "type") == "manual");

    private static PlaybookMode ModeOf(JsonElement root)
    {
        return Label(root, CacaoExport.ModeLabel) is { } label && PublishedName.Find<PlaybookMode>(label) is { } mode
            ? mode : PlaybookMode.Approve;
    }

    private static string NameOf(JsonElement root)
    {
        var name = Label(root, CacaoExport.NameLabel) ?? Text(root, "name");
        var folded = new string([.. name.ToLowerInvariant().Take(64)
            .Select(unit => char.IsAsciiLetterLower(unit) || char.IsAsciiDigit(unit) ? unit : '-')]);
        return folded.Trim('-').Length > 0 ? folded : throw new CacaoFault("The playbook has no name.");
    }

    private static string? Label(JsonElement root, string start) => root.TryGetProperty("labels", out var labels)
        ? labels.EnumerateArray().Select(label => label.GetString() ?? "")
            .FirstOrDefault(label => label.StartsWith(start, StringComparison.Ordinal))?[start.Length..] : null;

    private static JsonElement Step(JsonElement workflow, string id, string type) =>
        workflow.TryGetProperty(id, out var step) && Text(step, "type") == type
            ? step : throw new CacaoFault($"The step {Bounded(id)} should be of the type {type}.");

    private static TimeSpan Time(string text, string name) =>
        Value(text, name) is [.. var digits, 's']
            && long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            && seconds <= TimeMax.TotalSeconds && TimeSpan.FromSeconds(seconds) is var time && time >= TimeMin
            ? time : throw new CacaoFault($"{name}SECONDSs, from 60 s to 30 days, is needed.");

    private static string? Value(string text, string name) =>
        text.StartsWith(name, StringComparison.Ordinal) ? text[name.Length..] : null;

    private static string Text(JsonElement owner, string name) => owner.GetProperty(name).GetString() ?? "";

    private static string Bounded(string text) => text.Length <= 200 ? text : text[..200];

    private sealed class CacaoFault(string message) : Exception(message);
}
