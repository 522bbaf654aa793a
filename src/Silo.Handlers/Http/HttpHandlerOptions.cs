using System.Net;
using Silo.Core.Tasks;

namespace Silo.Handlers.Http;

/// <summary>Settings of the <c>http</c> handler.</summary>
public sealed class HttpHandlerOptions
{
    /// <summary>
    /// Ranges (<c>10.0.0.0/8</c>), addresses and host names that tasks may reach although they are not on the public internet.
    /// A name is trusted wherever it points. Default none.
    /// </summary>
    public IList<string> AllowedPrivate { get; } = [];

    /// <summary>Bytes of a response's body, at most the size of a task's result. Default 1 MiB.</summary>
    public int ResponseBytesMax { get; set; } = TaskLimits.ResultBytesMax;

    /// <summary>From the first connection to the body's last byte, redirects included, when the task does not say. Default 30 s.</summary>
    public TimeSpan TimeoutDefault { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest time a task may ask for. Default 10 min.</summary>
    public TimeSpan TimeoutMax { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Everything that is wrong with the settings.</summary>
    internal IEnumerable<string> Problems()
    {
        foreach (var entry in AllowedPrivate)
        {
            if (!IPNetwork.TryParse(entry, out _) && Uri.CheckHostName(entry) == UriHostNameType.Unknown)
                yield return $"'{entry}' in {nameof(AllowedPrivate)} is no range such as 10.0.0.0/8, no address and no host name.";
        }

        if (ResponseBytesMax is < 1 or > TaskLimits.ResultBytesMax)
            yield return $"{nameof(ResponseBytesMax)} {ResponseBytesMax} is not from 1 to {TaskLimits.ResultBytesMax}, the bytes of a task's result.";
        if (TimeoutDefault <= TimeSpan.Zero || TimeoutDefault > TimeoutMax)
            yield return $"{nameof(TimeoutDefault)} {TimeoutDefault} is not above zero and at most {nameof(TimeoutMax)} {TimeoutMax}.";
        if (TimeoutMax > TaskLimits.TimeoutMax)
            yield return $"{nameof(TimeoutMax)} {TimeoutMax} is longer than a task may run, {TaskLimits.TimeoutMax}.";
    }
}
