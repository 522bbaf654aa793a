using System.Text.Json.Serialization;

namespace Silo.Cli.Doctor;

/// <summary>What one check of the doctor found.</summary>
/// <param name="Check">The check's stable name.</param>
/// <param name="Status">How it stands.</param>
/// <param name="Message">What was found.</param>
/// <param name="Fix">What to do about it; absent when there is nothing to do.</param>
internal sealed record Finding(string Check, FindingStatus Status, string Message, string? Fix = null)
{
    public static Finding Ok(string check, string message) => new(check, FindingStatus.Ok, message);

    public static Finding Note(string check, string message, string? fix = null) => new(check, FindingStatus.Note, message, fix);

    public static Finding Wrong(string check, string message, string fix) => new(check, FindingStatus.Wrong, message, fix);
}

[JsonConverter(typeof(JsonStringEnumConverter<FindingStatus>))]
internal enum FindingStatus
{
    [JsonStringEnumMemberName("ok")]
    Ok,

    /// <summary>Nothing is wrong; something could not be checked, or is good to know.</summary>
    [JsonStringEnumMemberName("note")]
    Note,

    [JsonStringEnumMemberName("wrong")]
    Wrong,
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(Finding))]
internal sealed partial class DoctorJson : JsonSerializerContext;
