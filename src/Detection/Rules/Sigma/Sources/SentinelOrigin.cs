using SentinelHealth.Detection.Rules.Sigma.Fields;

namespace SentinelHealth.Detection.Rules.Sigma.Sources;

/// <summary>Our own events: the published categories, told by the kind of event and its contract.</summary>
/// <remarks>
/// <c>biometric_query</c>: the second native format. <c>fhir_access</c>: what systems of record report, whatever their format.
/// <c>ledger_event</c>: what the watch of the ledger noticed, no transaction. <c>ledger_tx</c>: transactions. <c>consent_decision</c>:
/// consents given and ended, which are transactions too, and decisions whether to allow an access.
/// </remarks>
internal sealed class SentinelOrigin(Func<string, int> fieldOf) : IRecordOrigin
{
    private readonly int _operation = fieldOf(SentinelFields.Operation);
    private readonly int _contract = fieldOf(SentinelFields.Contract);
    private readonly int _method = fieldOf(SentinelFields.Method);

    public int[] Fields => [_operation, _contract, _method];

    public bool Fits(SigmaLogSource source, SigmaRecord record) =>
        source.Product is null or SentinelFields.Product && source.Category switch
        {
            "biometric_query" => IsBiometric(record),
            "fhir_access" => IsReported(record) && !IsDecision(record),
            "ledger_event" => IsWatch(record),
            "ledger_tx" => !IsBiometric(record) && !IsReported(record) && !IsWatch(record),
            "consent_decision" => RecordText.HasValue(record, _contract, "consentregistry") || IsDecision(record),
            // A category of others restricts nothing unless the rule is for our product alone.
            _ => source.Product is null || source.Category is null,
        };

    private bool IsBiometric(SigmaRecord record) => record.FirstOf(_operation) >= 0;

    private bool IsReported(SigmaRecord record) =>
        RecordText.HasValue(record, _contract, "fhirauditevent") || RecordText.HasValue(record, _contract, "dicomaudit")
        || RecordText.HasStart(record, _contract, "ocsf") || RecordText.HasValue(record, _contract, "ecsevent");

    private bool IsWatch(SigmaRecord record) =>
        RecordText.HasValue(record, _contract, "consensuslayer") || RecordText.HasValue(record, _contract, "monitor");

    private bool IsDecision(SigmaRecord record) => RecordText.HasValue(record, _method, "decideaccess");
}
