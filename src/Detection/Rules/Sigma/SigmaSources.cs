using SentinelHealth.Detection.Rules.Sigma.Fields;
using SentinelHealth.Detection.Rules.Sigma.Sources;

namespace SentinelHealth.Detection.Rules.Sigma;

/// <summary>Whether a rule's log source is about a record: what a record says of its origin must not contradict it.</summary>
/// <remarks>The published categories are exact: a rule of <c>product: sentinelhealth</c> sees our own events and nothing else.</remarks>
internal sealed class SigmaSources
{
    private readonly IRecordOrigin _sentinel, _windows, _ecs, _ocsf;
    private readonly int[] _sentinelFields, _windowsFields, _ecsFields, _ocsfFields;

    /// <param name="fieldOf">Indices of fields.</param>
    public SigmaSources(Func<string, int> fieldOf)
    {
        var windows = new WindowsOrigin(fieldOf);
        (_sentinel, _windows) = (new SentinelOrigin(fieldOf), windows);
        (_ecs, _ocsf) = (new EcsOrigin(fieldOf, windows), new OcsfOrigin(fieldOf));
        (_sentinelFields, _windowsFields) = (_sentinel.Fields, _windows.Fields);
        (_ecsFields, _ocsfFields) = (_ecs.Fields, _ocsf.Fields);
    }

    /// <summary>Fields that tell the origin of records of one shape: with the same values in them, the same rules are about a record.</summary>
    public int[] FieldsOf(SigmaFieldMap map) =>
        ReferenceEquals(map, SigmaFieldMap.Sentinel) ? _sentinelFields
        : ReferenceEquals(map, SigmaFieldMap.Windows) ? _windowsFields
        : ReferenceEquals(map, SigmaFieldMap.Ecs) ? _ecsFields
        : ReferenceEquals(map, SigmaFieldMap.Ocsf) ? _ocsfFields
        : [];

    /// <summary>Whether a rule about this source is about a record.</summary>
    public bool Fits(SigmaLogSource source, SigmaRecord record)
    {
        var map = record.Map;
        if (ReferenceEquals(map, SigmaFieldMap.Sentinel))
            return _sentinel.Fits(source, record);
        // A plain record does not say what it is, but of one of our categories it would.
        if (source.Product == SentinelFields.Product)
            return ReferenceEquals(map, SigmaFieldMap.Plain) && source.Category is null;
        if (ReferenceEquals(map, SigmaFieldMap.Windows))
            return _windows.Fits(source, record);
        if (ReferenceEquals(map, SigmaFieldMap.Ecs))
            return _ecs.Fits(source, record);
        if (ReferenceEquals(map, SigmaFieldMap.Ocsf))
            return _ocsf.Fits(source, record);
        return !ReferenceEquals(map, SigmaFieldMap.Fhir) || source.Product is null or "fhir";
    }
}
