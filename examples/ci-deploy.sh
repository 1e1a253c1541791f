#!/usr/bin/env bash
# Deploys a stack and tries it, from a pipeline: credentials in the environment, no prompts.
set -euo pipefail

STACK=${STACK:-certctl-staging}
REGION=${REGION:-eu-central-1}

make deploy STACK="$STACK" REGION="$REGION" PARAMETERS=staging.parameters TAGS="cost-center=42"

# Once, after the first deploy: make admin ACTION=first_admin_key; keep the key where the pipeline reads it.
: "${CERTCTL_API_KEY:?the key of an administrator of $STACK}"
make smoke STACK="$STACK" REGION="$REGION"
