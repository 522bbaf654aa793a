using Microsoft.Extensions.DependencyInjection;
using Silo.Core.Handlers;

namespace Silo.Core.Tests.Handlers;

public class ScopelessHandlerTests
{
    [Fact]
    public void FactoryOf_HandlerOfSingletons_MakesAFreshOneWithThem()
    {
        var services = new ServiceCollection().AddSingleton<Shared>().AddScoped<OfSingletons>();
        using var provider = services.BuildServiceProvider(validateScopes: true);

        var make = ScopelessHandler.FactoryOf(typeof(OfSingletons), services);

        Assert.NotNull(make);
        var (first, second) = (Assert.IsType<OfSingletons>(make(provider)), Assert.IsType<OfSingletons>(make(provider)));
        Assert.NotSame(first, second);
        Assert.Same(provider.GetRequiredService<Shared>(), first.Shared);
    }

    [Fact]
    public void FactoryOf_HandlerThatAsksForAScopedService_NeedsAScope() =>
        Assert.Null(ScopelessHandler.FactoryOf(typeof(OfSingletons), new ServiceCollection().AddScoped<Shared>().AddScoped<OfSingletons>()));

    [Fact]
    public void FactoryOf_HandlerWithAnEnd_NeedsAScope() =>
        Assert.Null(ScopelessHandler.FactoryOf(typeof(WithAnEnd), new ServiceCollection().AddScoped<WithAnEnd>()));

    [Fact]
    public void FactoryOf_HandlerWithTwoConstructors_IsLeftToTheContainer() =>
        Assert.Null(ScopelessHandler.FactoryOf(typeof(OfTwoMinds), new ServiceCollection().AddSingleton<Shared>().AddScoped<OfTwoMinds>()));

    [Fact]
    public void FactoryOf_HandlerThatTheHostRegisteredItself_IsLeftToTheContainer()
    {
        var services = new ServiceCollection().AddSingleton<Shared>().AddScoped(provider => new OfSingletons(provider.GetRequiredService<Shared>()));

        Assert.Null(ScopelessHandler.FactoryOf(typeof(OfSingletons), services));
    }

    private sealed class Shared;

    private sealed class OfSingletons(Shared shared)
    {
        public Shared Shared => shared;
    }

    private sealed class WithAnEnd : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class OfTwoMinds
    {
        public OfTwoMinds()
        {
        }

        public OfTwoMinds(Shared shared) => Shared = shared;

        public Shared? Shared { get; }
    }
}
