using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Correlation;

namespace SentinelHealth.Detection.Ordering;

/// <summary>The newest settled version of each alert and incident, as many as fit; beyond that the longest untold are forgotten.</summary>
/// <remarks>O(1) a version and never more than <paramref name="versionsMax"/> held, however many settle at once.</remarks>
internal sealed class StandingVersions(int versionsMax)
{
    private readonly Dictionary<string, LinkedListNode<Telling>> _byId = new(StringComparer.Ordinal);
    private readonly LinkedList<Telling> _oldestFirst = [];

    /// <summary>Whether something that settled is not known here any more.</summary>
    public bool HasForgotten { get; private set; }

    /// <summary>The versions, those told longest ago first.</summary>
    public IEnumerable<Telling> OldestFirst => _oldestFirst;

    /// <summary>Keeps a version in place of an older one of the same alert or incident.</summary>
    public void Put(in Telling telling)
    {
        if (_byId.Remove(IdOf(telling), out var older))
            _oldestFirst.Remove(older);
        _byId.Add(IdOf(telling), _oldestFirst.AddLast(telling));
        if (_byId.Count <= versionsMax)
            return;
        _byId.Remove(IdOf(_oldestFirst.First!.Value));
        _oldestFirst.RemoveFirst();
        HasForgotten = true;
    }

    /// <summary>Writes them, for <see cref="Read"/>.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(HasForgotten);
        writer.Write(_oldestFirst.Count);
        foreach (var telling in _oldestFirst)
        {
            writer.Write(telling.Alert is not null);
            var body = telling.Alert is { } alert
                ? JsonSerializer.SerializeToUtf8Bytes(alert, AlertJson.Options)
                : JsonSerializer.SerializeToUtf8Bytes(telling.Incident, AlertJson.Options);
            writer.Write(body.Length);
            writer.Write(body);
        }
    }

    /// <summary>Takes up what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are no versions.</exception>
    public void Read(BinaryReader reader)
    {
        HasForgotten = reader.ReadBoolean();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            var isAlert = reader.ReadBoolean();
            var body = reader.ReadBytes(reader.ReadInt32());
            // What settled before the restart is below everything that may be gone back to.
            Put(isAlert
                ? new Telling(EventRank.First, JsonSerializer.Deserialize<Alert>(body, AlertJson.Options), null)
                : new Telling(EventRank.First, null, JsonSerializer.Deserialize<Incident>(body, AlertJson.Options)));
        }
    }

    /// <summary>Nothing is known of what settled before.</summary>
    public void Forget() => HasForgotten = true;

    private static string IdOf(in Telling telling) => telling.Alert?.Id ?? telling.Incident!.Id;
}
