using System.Numerics;
using System.Reflection;
using System.Text.Json;

namespace SentinelHealth.Ingest.Evm;

/// <summary>An event of OpenZeppelin's contracts or a common standard, and what it means here. The list is data: Standards/standards.json.</summary>
internal sealed class StandardEvent
{
    private static readonly Dictionary<(string Topic, int Topics), StandardEvent> Known = [];
    private static readonly Dictionary<string, string> RoleNames = new(StringComparer.Ordinal)
    {
        // OpenZeppelin's one role that is not the hash of its name.
        [new string('0', 64)] = "DEFAULT_ADMIN_ROLE",
    };

    private readonly string? _actor;
    private readonly string? _actorOtherwise;
    private readonly string? _amount;

    static StandardEvent()
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream("standards/standards.json")
            ?? throw new InvalidOperationException("The standards are not part of this assembly.");
        using var document = JsonDocument.Parse(stream);
        foreach (var role in document.RootElement.GetProperty("roles").EnumerateArray())
            RoleNames[Convert.ToHexStringLower(Keccak256.Hash(role.GetString()!))] = role.GetString()!;
        foreach (var entry in document.RootElement.GetProperty("events").EnumerateArray())
        {
            var standard = new StandardEvent(entry);
            Known.Add((standard.Item.Topic, 1 + standard.Item.Inputs.Count(input => input.IsIndexed)), standard);
        }
    }

    private StandardEvent(JsonElement entry)
    {
        Item = AbiItem.Read(entry);
        Standard = entry.GetProperty("standard").GetString()!;
        Method = entry.GetProperty("method").GetString()!;
        _actor = entry.TryGetProperty("actor", out var actor) ? actor.GetString() : null;
        _actorOtherwise = entry.TryGetProperty("actorOtherwise", out var otherwise) ? otherwise.GetString() : null;
        _amount = entry.TryGetProperty("amount", out var amount) ? amount.GetString() : null;
    }

    /// <summary>All that are known.</summary>
    public static IReadOnlyCollection<StandardEvent> All => Known.Values;

    /// <summary>Where it comes from: <c>AccessControl</c>, <c>ERC20</c>.</summary>
    public string Standard { get; }

    public AbiItem Item { get; }

    /// <summary>The method of the native event.</summary>
    public string Method { get; }

    /// <summary>The event a log shows. Standards share signatures and differ in what is indexed, so the topics are counted.</summary>
    public static StandardEvent? Of(EvmLog log) =>
        log.Topics.Count == 0 ? null : Known.GetValueOrDefault((log.Topics[0], log.Topics.Count));

    /// <summary>
    /// Who acted: whom the event names as such, else the sender of the transaction, else the party it concerns, since the log may have
    /// come without its transaction. Nobody's address when there is none.
    /// </summary>
    public EvmAddress ActorOf(object[] values, EvmAddress? sender) => ValueOf(_actor, values) is EvmAddress actor ? actor
        : sender ?? (ValueOf(_actorOtherwise, values) is EvmAddress party ? party : default);

    /// <summary>How much was moved, in the token's smallest unit; null when the event is not about an amount.</summary>
    public double? AmountOf(object[] values) => ValueOf(_amount, values) is BigInteger amount ? (double)amount : null;

    /// <summary>The values with roles by name, where the name is known: nobody reads their hashes.</summary>
    public object[] Named(object[] values) => [.. Item.Inputs.Zip(values, (input, value) =>
        value is byte[] { Length: 32 } word && input.Name.EndsWith("ole", StringComparison.Ordinal)
            && RoleNames.TryGetValue(Convert.ToHexStringLower(word), out var name) ? name : value)];

    private object? ValueOf(string? parameter, object[] values)
    {
        for (var i = 0; i < values.Length; i++)
            if (Item.Inputs[i].Name == parameter)
                return values[i];
        return null;
    }
}
