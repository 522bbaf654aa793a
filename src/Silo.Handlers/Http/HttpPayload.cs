using System.Text.Json;

namespace Silo.Handlers.Http;

/// <param name="Url">http or https.</param>
/// <param name="Method"><c>GET</c> or <c>POST</c>. Default <c>GET</c>.</param>
/// <param name="Headers">Sent to the origin of <paramref name="Url"/> only, not to another one that it redirects to.</param>
/// <param name="Body">A string is sent as it is, any other JSON as JSON.</param>
/// <param name="TimeoutSeconds">For all of it, redirects and body included.</param>
/// <param name="ExpectStatus">The statuses that are a success. Default: 200 to 399.</param>
internal sealed record HttpPayload(
    string Url,
    string Method = "GET",
    IReadOnlyDictionary<string, string>? Headers = null,
    JsonElement? Body = null,
    double? TimeoutSeconds = null,
    IReadOnlyList<int>? ExpectStatus = null);

/// <param name="Status">The final answer's.</param>
/// <param name="Url">Where it came from, after redirects.</param>
/// <param name="Headers">Those that say what the body is and when to come again.</param>
/// <param name="Body">Text, or base64.</param>
/// <param name="BodyEncoding"><c>text</c> when the body is UTF-8 without NUL characters, else <c>base64</c>.</param>
/// <param name="Bytes">Size of the body as it came.</param>
/// <param name="Milliseconds">From the first connection to the body's last byte.</param>
internal sealed record HttpResult(
    int Status,
    string Url,
    IReadOnlyDictionary<string, string> Headers,
    string Body,
    string BodyEncoding,
    int Bytes,
    double Milliseconds);
