using System.Net;
using System.Net.Sockets;
using Silo.Handlers.Http;

namespace Silo.Handlers.Tests.Http;

/// <summary>A name server in the hands of an attacker: each question takes the next answer, and the last one stays.</summary>
internal sealed class ScriptedResolver(params string[][] answers) : IHostResolver
{
    public List<string> Asked { get; } = [];

    public Task<IPAddress[]> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        Asked.Add(host);
        if (IPAddress.TryParse(host, out var address))
            return Task.FromResult<IPAddress[]>([address]);
        return answers.Length == 0
            ? Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound))
            : Task.FromResult(Array.ConvertAll(answers[Math.Min(Asked.Count, answers.Length) - 1], IPAddress.Parse));
    }
}
