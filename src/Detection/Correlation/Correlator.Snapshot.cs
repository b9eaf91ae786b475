using System.Text.Json;
using SentinelHealth.Detection.Alerts;
using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Correlation;

/// <content>Saving, loading and being kept.</content>
public sealed partial class Correlator
{
    long IKeptTable.SavedBytes =>
        (4 * sizeof(int)) + _open.SavedBytes + _byLink.SavedBytes + _mergedInto.SavedBytes + _weakTies.SavedBytes;

    void IKeptTable.Save(BinaryWriter writer) => Save(writer);

    internal void Save(BinaryWriter writer)
    {
        if (writer.BaseStream is ITableKeeper keeper)
        {
            keeper.Keep(new Correlator(this));
            return;
        }
        writer.Write(_open.Count);
        foreach (var incident in _open.Values.OrderBy(open => open.Newest.Id, StringComparer.Ordinal))
        {
            writer.Write(JsonSerializer.Serialize(incident.Newest, AlertJson.Options));
            writer.Write(JsonSerializer.Serialize(incident.Members, AlertJson.Options));
        }
        writer.Write(_byLink.Count);
        foreach (var (link, id) in _byLink.OrderBy(pair => pair.Key.Id, StringComparer.Ordinal).ThenBy(pair => pair.Key.Type))
        {
            writer.Write((byte)link.Type);
            writer.Write(link.Id);
            writer.Write(id);
        }
        writer.Write(_mergedInto.Count);
        foreach (var (merged, into) in _mergedInto.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            writer.Write(merged);
            writer.Write(into);
        }
        writer.Write(_weakTies.Count);
        foreach (var (pair, alertId) in _weakTies.OrderBy(tie => tie.Key.Older, StringComparer.Ordinal)
            .ThenBy(tie => tie.Key.Younger, StringComparer.Ordinal))
        {
            writer.Write(pair.Older);
            writer.Write(pair.Younger);
            writer.Write(alertId);
        }
    }

    internal void Load(BinaryReader reader)
    {
        if (KeptTable.TryTake<Correlator>(reader, "Open incidents were", out var kept))
        {
            TakeOver(kept);
            return;
        }
        _open.Clear();
        _byLink.Clear();
        _mergedInto.Clear();
        _weakTies.Clear();
        for (var left = Bounded(reader.ReadInt32(), OpenMax); left > 0; left--)
        {
            var newest = JsonSerializer.Deserialize<Incident>(reader.ReadString(), AlertJson.Options);
            var members = JsonSerializer.Deserialize<List<IncidentMember>>(reader.ReadString(), AlertJson.Options);
            if (newest is null || members is null)
                throw new InvalidDataException("An open incident in the snapshot is empty.");
            _open[newest.Id] = new OpenIncident(newest, members, _owner);
        }
        for (var left = Bounded(reader.ReadInt32(), LinksMax); left > 0; left--)
            _byLink[new EntityRef((EntityType)reader.ReadByte(), reader.ReadString())] = reader.ReadString();
        for (var left = Bounded(reader.ReadInt32(), MemoriesMax); left > 0; left--)
            _mergedInto[reader.ReadString()] = reader.ReadString();
        for (var left = Bounded(reader.ReadInt32(), MemoriesMax); left > 0; left--)
            _weakTies[(reader.ReadString(), reader.ReadString())] = reader.ReadString();
    }

    private static int Bounded(int count, int countMax) => count >= 0 && count <= countMax
        ? count : throw new InvalidDataException($"{count} entries in a snapshot are over the bound of {countMax}.");

    /// <summary>Becomes as another is now; from here on neither may change what both have.</summary>
    private void TakeOver(Correlator other)
    {
        (_open, _byLink) = (other._open.Share(), other._byLink.Share());
        (_mergedInto, _weakTies) = (other._mergedInto.Share(), other._weakTies.Share());
        (_owner, other._owner) = (new object(), new object());
    }
}
