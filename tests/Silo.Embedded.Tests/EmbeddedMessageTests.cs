using System.Reflection;
using Silo.Conformance.Engine;
using Silo.Embedded.Turns;

namespace Silo.Embedded.Tests;

public sealed class EmbeddedMessageTests : MessageConformance
{
    private static readonly MethodInfo Copy = typeof(Reencoding).GetMethod(nameof(Reencoding.Copy))!;

    protected override object Send(object message, Type type) => Copy.MakeGenericMethod(type).Invoke(null, [message])!;
}
