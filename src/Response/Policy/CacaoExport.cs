using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace SentinelHealth.Response.Policy;

/// <summary>Playbooks as CACAO Security Playbooks 2.0 (OASIS, CS01 of 2023-11-27). Pure: the same playbook and time give the same bytes.</summary>
/// <remarks>
/// Conditions are an <c>if-condition</c> step, a person's approval is a <c>manual</c> step before the actions, and every action is a
/// command of the type <c>x-sentinelhealth</c>, which other executors can show but not run.
/// </remarks>
public static class CacaoExport
{
    internal const string CommandType = "x-sentinelhealth";
    internal const string ModeLabel = "sentinelhealth-mode-";
    internal const string NameLabel = "sentinelhealth-name-";

    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>A playbook as a CACAO document, UTF-8 JSON.</summary>
    public static byte[] Write(Playbook playbook, DateTimeOffset at)
    {
        ArgumentNullException.ThrowIfNull(playbook);
        var time = at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
        string Id(string type, string part) => $"{type}--{UuidOf($"{playbook.Name}/{part}")}";
        var agent = $"organization--{UuidOf("sentinelhealth")}";
        return JsonSerializer.SerializeToUtf8Bytes(
            new JsonObject
            {
                ["type"] = "playbook",
                ["spec_version"] = "cacao-2.0",
                ["id"] = Id("playbook", ""),
                ["name"] = playbook.Name,
                ["description"] = playbook.Description,
                ["playbook_types"] = new JsonArray(TypesOf(playbook)),
                ["created_by"] = $"identity--{UuidOf("sentinelhealth")}",
                ["created"] = time,
                ["modified"] = time,
                ["revoked"] = false,
                ["labels"] = new JsonArray(
                    NameLabel + playbook.Name, ModeLabel + PublishedName.Of(playbook.Mode)),
                ["workflow_start"] = Id("start", "start"),
                ["workflow"] = Workflow(playbook, Id, agent),
                ["agent_definitions"] = new JsonObject
                {
                    [agent] = new JsonObject { ["type"] = "organization", ["name"] = "SentinelHealth" },
                },
            },
            Json);
    }

    /// <summary>What an action's command says.</summary>
    internal static IEnumerable<string> CommandsOf(Playbook playbook) => playbook.Actions
        .Select(action => $"{PublishedName.Of(action.Kind)} ttl={Seconds(action.Ttl)}")
        .Concat(playbook.StepUpFor is { } time ? [$"requireStepUp ttl={Seconds(time)}"] : [])
        .Concat(playbook.Notifies.Select(channel => $"notify channel={channel}"))
        .Concat(playbook.Tasks.Select(task => $"openTask due={Seconds(task.Within)} title={task.Title}"));

    private static JsonObject Workflow(Playbook playbook, Func<string, string, string> id, string agent)
    {
        var actions = new JsonObject
        {
            ["type"] = "action",
            ["name"] = "Carry out",
            ["on_completion"] = id("end", "end"),
            ["commands"] = new JsonArray([.. CommandsOf(playbook).Select(text =>
                (JsonNode)new JsonObject { ["type"] = CommandType, ["command"] = text })]),
            ["agent"] = agent,
        };
        var workflow = new JsonObject
        {
            [id("start", "start")] = new JsonObject { ["type"] = "start", ["on_completion"] = id("if-condition", "when") },
            [id("if-condition", "when")] = new JsonObject
            {
                ["type"] = "if-condition",
                ["condition"] = CacaoConditions.Write(playbook.When),
                ["on_true"] = playbook.Mode == PlaybookMode.Automatic ? id("action", "act") : id("action", "approve"),
                ["on_false"] = id("end", "end"),
            },
        };
        if (playbook.Mode != PlaybookMode.Automatic)
            workflow[id("action", "approve")] = Approval(id, agent);
        workflow[id("action", "act")] = actions;
        workflow[id("end", "end")] = new JsonObject { ["type"] = "end" };
        return workflow;
    }

    private static JsonObject Approval(Func<string, string, string> id, string agent) => new()
    {
        ["type"] = "action",
        ["name"] = "Ask people",
        ["on_success"] = id("action", "act"),
        ["on_failure"] = id("end", "end"),
        ["commands"] = new JsonArray(new JsonObject
        {
            ["type"] = "manual",
            ["command"] = "Approve or refuse: two different people for what has a high impact, none of them whoever asked.",
        }),
        ["agent"] = agent,
    };

    private static JsonNode[] TypesOf(Playbook playbook) => (playbook.Actions.Count > 0, playbook.Notifies.Count > 0) switch
    {
        (true, true) => ["mitigation", "notification"],
        (false, true) => ["notification"],
        _ => ["mitigation"],
    };

    private static string Seconds(TimeSpan time) => ((long)time.TotalSeconds).ToString(CultureInfo.InvariantCulture) + "s";

    /// <summary>A UUID of version 5 in form: the same text always gives the same, so that a second export replaces the first.</summary>
    private static string UuidOf(string text)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes("sentinelhealth/" + text))[..16];
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x50);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString("D");
    }
}
