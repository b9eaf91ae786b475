using SentinelHealth.Response.Actions;
using YamlDotNet.RepresentationModel;

namespace SentinelHealth.Response.Policy;

/// <summary>Reads what a playbook does: containments, notices, tasks and demands for a stronger sign-in.</summary>
internal sealed class PlaybookStepReader(PlaybookReader reader)
{
    private const string Notify = "notify", OpenTask = "openTask", RequireStepUp = "requireStepUp";
    private const int TitleLengthMax = 200, ChannelLengthMax = 64;

    public List<PlaybookAction> Actions { get; } = [];

    public List<string> Notifies { get; } = [];

    public List<PlaybookTask> Tasks { get; } = [];

    public TimeSpan? StepUpFor { get; private set; }

    public PlaybookStepReader Read(YamlNode node)
    {
        foreach (var item in reader.Items(node, "actions"))
        {
            switch (KindOf(item))
            {
                case Notify:
                    ReadNotify(item);
                    break;
                case OpenTask:
                    ReadTask(item);
                    break;
                case RequireStepUp:
                    ReadStepUp(item);
                    break;
                default:
                    ReadContainment(item);
                    break;
            }
        }
        return this;
    }

    private static string KindOf(YamlNode item) => item is YamlMappingNode mapping
        && mapping.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode { Value: "kind" }).Value is YamlScalarNode { Value: { } kind }
            ? kind : "";

    private void ReadNotify(YamlNode item)
    {
        if (reader.Mapping(item, "A notice", ["kind", "channel"]) is not { } fields
            || reader.Required(item, fields, "channel") is not { } node || reader.Text(node, "channel") is not { } channel)
            return;
        if (channel.Length > ChannelLengthMax || Notifies.Contains(channel))
            reader.Fault(node, $"channel names a channel of the settings once, in at most {ChannelLengthMax} characters.");
        Notifies.Add(channel);
    }

    private void ReadTask(YamlNode item)
    {
        if (reader.Mapping(item, "A task", ["kind", "title", "due"]) is not { } fields)
            return;
        var title = reader.Required(item, fields, "title") is { } titleNode ? reader.Text(titleNode, "title") : null;
        var due = reader.Required(item, fields, "due") is { } dueNode ? reader.Duration(dueNode, "due") : null;
        if (title?.Length > TitleLengthMax || Tasks.Any(task => task.Title == title))
            reader.Fault(item, $"A task has a title of its own, of at most {TitleLengthMax} characters.");
        if (title is not null && due is { } within)
            Tasks.Add(new PlaybookTask(title, within));
    }

    private void ReadStepUp(YamlNode item)
    {
        if (reader.Mapping(item, "A demand for a stronger sign-in", ["kind", "ttl"]) is not { } fields)
            return;
        if (StepUpFor is not null)
            reader.Fault(item, "A playbook demands a stronger sign-in once.");
        StepUpFor = reader.Required(item, fields, "ttl") is { } ttl ? reader.Duration(ttl, "ttl") : null;
    }

    private void ReadContainment(YamlNode item)
    {
        if (reader.Mapping(item, "An action", ["kind", "ttl"]) is not { } fields)
            return;
        var kind = reader.Required(item, fields, "kind") is { } kindNode ? ContainmentOf(kindNode) : null;
        var ttl = reader.Required(item, fields, "ttl") is { } ttlNode ? reader.Duration(ttlNode, "ttl") : null;
        if (kind is null || ttl is null)
            return;
        if (Actions.Any(action => action.Kind == kind))
            reader.Fault(item, "A playbook asks for each kind of action once.");
        Actions.Add(new PlaybookAction(kind.Value, ttl.Value));
    }

    private ActionKind? ContainmentOf(YamlNode node)
    {
        if (reader.Text(node, "kind") is { } text && PublishedName.Find<ActionKind>(text) is { } found)
            return found;
        var known = Enum.GetValues<ActionKind>().Select(kind => PublishedName.Of(kind))
            .Concat([Notify, OpenTask, RequireStepUp]);
        reader.Fault(node, $"kind is one of {string.Join(", ", known)}.");
        return null;
    }
}
