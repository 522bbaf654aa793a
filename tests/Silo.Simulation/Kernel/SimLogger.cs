using Microsoft.Extensions.Logging;

namespace Silo.Simulation.Kernel;

/// <summary>Puts log lines into the trace. Code under test logs an error only for what must not happen, so an error fails the run.</summary>
internal sealed class SimLogger<T>(SimWorld world, SimProcess process) : ILogger<T>
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error || world.Trace.Enabled;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!process.Alive || !world.OnThread("a log line"))
        {
            return;
        }

        world.Trace.Add($"log     {process.Name}: {formatter(state, exception)} {exception?.GetType().Name}");
        if (logLevel >= LogLevel.Error)
        {
            world.Fail("no error is logged", $"{process.Name}: {formatter(state, exception)} {exception}");
        }
    }
}
