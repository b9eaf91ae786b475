namespace SentinelHealth.Detection.Rules.Sigma.Fields;

/// <summary>Where rules find their fields in FHIR AuditEvents, R4 and R5: the resource's own paths, and a few shorter ones.</summary>
/// <remarks>
/// Lists of agents and entities cannot be told apart by a path. <see cref="NamedItems"/> therefore adds the members <c>requestor</c>,
/// the agent who asked, and <c>patient</c>, the entity that is one, and puts extensions and details below their names.
/// </remarks>
internal static class FhirFields
{
    /// <summary>The member that holds the agent who asked.</summary>
    public const string Requestor = "requestor";

    /// <summary>The member that holds the entity that is a patient; in R5 the resource has it itself.</summary>
    public const string Patient = "patient";

    public static SigmaFieldMap Map { get; } = new(
        "fhir", "FHIR AuditEvent", [],
        [
            ("requestor", ["requestor.who.identifier.value", "requestor.who.reference", "requestor.altId", "requestor.name"]),
            ("requestor.role", ["requestor.role.text", "requestor.role.coding.code"]),
            ("patient", ["patient.what.reference", "patient.what.identifier.value", "patient.reference", "patient.identifier.value"]),
            ("purpose", ["purposeOfEvent.coding.code", "authorization.coding.code", "requestor.purposeOfUse.coding.code"]),
            ("interaction", ["subtype.code", "code.coding.code"]),
            ("address", ["requestor.network.address", "requestor.networkString"]),
        ]);
}
