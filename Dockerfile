# One image for everything: a silo of a cluster (the default), a standalone server (up), an HTTP worker (worker), and every other verb.
#   docker build -t silo .
# The images it starts from can be others: --build-arg SDK_IMAGE=... --build-arg RUNTIME_IMAGE=...; a runtime needs ASP.NET Core 10.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/aspnet:10.0

FROM ${SDK_IMAGE} AS build
WORKDIR /source
COPY global.json Directory.Build.props Directory.Build.targets Directory.Packages.props .editorconfig ./
COPY scripts ./scripts
COPY src ./src
RUN dotnet publish src/Silo.Server -c Release -o /app -p:UseAppHost=false --nologo

FROM ${RUNTIME_IMAGE}
COPY --from=build /app /app
# Nothing below / is written: the root file system may be read-only, with a temporary /tmp for requests that are large.
ENV DOTNET_EnableDiagnostics=0
# A number, so that Kubernetes can see that it is not root.
USER 10001:10001
EXPOSE 7070 11111 30000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=10s --start-period=60s --retries=3 CMD ["dotnet", "/app/Silo.Server.dll", "health"]
ENTRYPOINT ["dotnet", "/app/Silo.Server.dll"]
CMD ["serve"]
