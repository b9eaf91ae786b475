using SentinelHealth.Detection.Snapshots;

namespace SentinelHealth.Detection.Lifecycle;

/// <summary>Counts and the latest alerts of one detector or rule.</summary>
/// <remarks>Keeps 256 alerts; of those, the oldest undecided one makes room first, so that what people said is kept longest.</remarks>
internal sealed class DetectorRecord
{
    private const int AlertsMax = 256;
    private List<JudgedAlert> _alerts = [];

    /// <summary>Whether a copy has the same list, so that it is copied before it is changed.</summary>
    private bool _isShared;

    /// <summary>How many bytes the alerts are in a snapshot.</summary>
    private long _alertBytes;

    public long ScoredCount { get; set; }

    public long AlertCount { get; private set; }

    public long ShadowAlertCount { get; set; }

    public int ConfirmedCount { get; private set; }

    public int BenignCount { get; private set; }

    public IReadOnlyList<JudgedAlert> Alerts => _alerts;

    /// <summary>Notes an alert or its newer version.</summary>
    public void Note(string alertId, double ratio)
    {
        var known = _alerts.FindIndex(alert => alert.AlertId == alertId);
        if (known >= 0)
        {
            Own()[known] = _alerts[known] with { Ratio = Math.Min(_alerts[known].Ratio, ratio) };
            return;
        }
        AlertCount++;
        if (_alerts.Count == AlertsMax)
            RemoveAt(Math.Max(0, _alerts.FindIndex(alert => alert.Disposition == Disposition.Undecided)));
        Add(new JudgedAlert(alertId, ratio, Disposition.Undecided));
    }

    /// <summary>Notes what people found. False when the alert is not among those kept.</summary>
    public bool Decide(string alertId, Disposition disposition)
    {
        var known = _alerts.FindIndex(alert => alert.AlertId == alertId);
        if (known < 0)
            return false;
        Count(_alerts[known].Disposition, -1);
        Count(disposition, 1);
        Own()[known] = _alerts[known] with { Disposition = disposition };
        return true;
    }

    /// <summary>How many bytes <see cref="Save"/> writes.</summary>
    public long SavedBytes => (3 * sizeof(long)) + (3 * sizeof(int)) + _alertBytes;

    /// <summary>A copy as of now; the two have their alerts in common until one of them changes some.</summary>
    public DetectorRecord Share()
    {
        _isShared = true;
        return (DetectorRecord)MemberwiseClone();
    }

    public void Save(BinaryWriter writer)
    {
        writer.Write(ScoredCount);
        writer.Write(AlertCount);
        writer.Write(ShadowAlertCount);
        writer.Write(ConfirmedCount);
        writer.Write(BenignCount);
        writer.Write(_alerts.Count);
        foreach (var alert in _alerts)
        {
            writer.Write(alert.AlertId);
            writer.Write(alert.Ratio);
            writer.Write((byte)alert.Disposition);
        }
    }

    public static DetectorRecord Load(BinaryReader reader)
    {
        var record = new DetectorRecord
        {
            ScoredCount = reader.ReadInt64(),
            AlertCount = reader.ReadInt64(),
            ShadowAlertCount = reader.ReadInt64(),
            ConfirmedCount = reader.ReadInt32(),
            BenignCount = reader.ReadInt32(),
        };
        var count = reader.ReadInt32();
        if (count is < 0 or > AlertsMax)
            throw new InvalidDataException($"{count} judged alerts are over the bound of {AlertsMax}.");
        for (var i = 0; i < count; i++)
            record.Add(new JudgedAlert(reader.ReadString(), reader.ReadDouble(), (Disposition)reader.ReadByte()));
        return record;
    }

    private static int BytesOf(JudgedAlert alert) => SavedText.BytesOf(alert.AlertId) + sizeof(double) + sizeof(byte);

    private void Add(JudgedAlert alert)
    {
        _alertBytes += BytesOf(alert);
        Own().Add(alert);
    }

    private void RemoveAt(int index)
    {
        _alertBytes -= BytesOf(_alerts[index]);
        Own().RemoveAt(index);
    }

    private List<JudgedAlert> Own()
    {
        if (_isShared)
            (_alerts, _isShared) = ([.. _alerts], false);
        return _alerts;
    }

    private void Count(Disposition disposition, int step)
    {
        ConfirmedCount += disposition == Disposition.Confirmed ? step : 0;
        BenignCount += disposition == Disposition.Benign ? step : 0;
    }
}
